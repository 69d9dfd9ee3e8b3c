//! `pthread_key_t`: values that each thread has for itself.

use std::cell::{Cell, RefCell};
use std::ffi::{c_int, c_uint, c_void};
use std::ptr;

use libc::{EAGAIN, EINVAL};

use super::{OK, threads};
use crate::state::Single;

/// `PTHREAD_KEYS_MAX`.
const MOST: usize = 128;
/// How often values that destructors leave behind are looked at: `PTHREAD_DESTRUCTOR_ITERATIONS`.
const ROUNDS: u32 = 4;

type Destructor = unsafe extern "C" fn(*mut c_void);

/// The keys there are, each with its destructor.
static KEYS: Single<RefCell<[Option<Option<Destructor>>; MOST]>> = Single(RefCell::new([None; MOST]));

/// The values of one thread, by key.
#[derive(Debug)]
pub(super) struct Values([Cell<*mut c_void>; MOST]);

impl Default for Values {
    fn default() -> Self {
        Self([const { Cell::new(ptr::null_mut()) }; MOST])
    }
}

impl Values {
    /// The thread ends: its values are given to their destructors.
    pub(super) fn end(&self) {
        for _ in 0..ROUNDS {
            let mut is_done = true;
            for (key, value) in self.0.iter().enumerate() {
                let value = value.replace(ptr::null_mut());
                let destructor = KEYS.0.borrow().get(key).copied().flatten().flatten();
                if let Some(destructor) = destructor.filter(|_| !value.is_null()) {
                    is_done = false;
                    // SAFETY: it is for values of this key.
                    unsafe { destructor(value) };
                }
            }
            if is_done {
                return;
            }
        }
    }

    fn of(&self, key: c_uint) -> Option<&Cell<*mut c_void>> {
        self.0.get(usize::try_from(key).ok()?)
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_key_create(key: *mut c_uint, destructor: Option<Destructor>) -> c_int {
    let mut keys = KEYS.0.borrow_mut();
    // The first is left out: to some it would be no key.
    let free = keys.iter().skip(1).position(Option::is_none).map(|place| place + 1);
    let Some((place, slot)) = free.and_then(|place| Some((place, keys.get_mut(place)?))) else { return EAGAIN };
    *slot = Some(destructor);
    // SAFETY: the caller passes room for it.
    unsafe { key.write(c_uint::try_from(place).unwrap_or(0)) };
    OK
}

/// What threads have under it is forgotten without its destructor.
#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_key_delete(key: c_uint) -> c_int {
    let slot = usize::try_from(key).ok();
    if let Some(slot) = slot.and_then(|key| KEYS.0.borrow_mut().get_mut(key).map(Option::take)) {
        threads()
            .machine()
            .each_place(|place| place.values.of(key).into_iter().for_each(|value| value.set(ptr::null_mut())));
        return if slot.is_some() { OK } else { EINVAL };
    }
    EINVAL
}

#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_getspecific(key: c_uint) -> *mut c_void {
    let place = threads().machine().place(threads().current());
    place.values.of(key).map_or(ptr::null_mut(), Cell::get)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_setspecific(key: c_uint, value: *mut c_void) -> c_int {
    let place = threads().machine().place(threads().current());
    match place.values.of(key) {
        Some(slot) => {
            slot.set(value);
            OK
        }
        None => EINVAL,
    }
}
