//! The descriptor table: numbers for open descriptions.

use std::cell::Cell;
use std::rc::Rc;

use crate::errno::Errno;

/// A file descriptor of this module.
pub type Fd = u32;

/// The first number: far above what a C library gives to files, so that the two never meet.
pub const FIRST_FD: Fd = 1 << 20;

/// How many descriptors can be open at once, as many as `RLIMIT_NOFILE` commonly allows at most.
const LIMIT: usize = 1 << 19;

/// Descriptors, each a reference to an open description `D`.
pub(crate) struct Descriptors<D: ?Sized> {
    slots: Vec<Option<Descriptor<D>>>,
    /// The numbers 0, 1 and 2, where the program's standard streams are among these.
    standard: [Option<Descriptor<D>>; 3],
    /// No slot below this one is free.
    full_below: usize,
}

/// One entry of the table.
pub(crate) struct Descriptor<D: ?Sized> {
    /// What is open; shared by `dup`.
    pub(crate) description: Rc<D>,
    /// Whether a child process would inherit it. There are none: the flag is only kept.
    pub(crate) inheritable: Cell<bool>,
}

impl<D: ?Sized> Descriptors<D> {
    pub(crate) fn new() -> Self {
        Self { slots: Vec::new(), standard: [const { None }; 3], full_below: 0 }
    }

    /// Makes 0, 1 and 2 refer to these.
    pub(crate) fn set_standard(&mut self, descriptions: [Rc<D>; 3]) {
        self.standard = descriptions.map(|description| Some(Descriptor { description, inheritable: Cell::new(true) }));
    }

    /// The lowest free number for `description`, as POSIX asks.
    pub(crate) fn insert(&mut self, description: Rc<D>) -> Result<Fd, Errno> {
        let used = self.slots.iter().skip(self.full_below).take_while(|slot| slot.is_some()).count();
        let free = self.full_below + used;
        if free >= LIMIT {
            return Err(Errno::EMFILE);
        }
        let descriptor = Some(Descriptor { description, inheritable: Cell::new(false) });
        match self.slots.get_mut(free) {
            Some(slot) => *slot = descriptor,
            None => self.slots.push(descriptor),
        }
        self.full_below = free + 1;
        u32::try_from(free).map(|position| FIRST_FD + position).map_err(|_| Errno::EMFILE)
    }

    /// All open descriptions, one that `dup` shares as often as it has descriptors.
    pub(crate) fn descriptions(&self) -> impl Iterator<Item = Rc<D>> {
        self.standard.iter().chain(&self.slots).flatten().map(|descriptor| Rc::clone(&descriptor.description))
    }

    /// The entry of `fd`, or `EBADF`.
    pub(crate) fn get(&self, fd: Fd) -> Result<&Descriptor<D>, Errno> {
        self.slot(fd).and_then(Option::as_ref).ok_or(Errno::EBADF)
    }

    /// Makes `fd` refer to `description`, and hands over what it meant before. The number need not be open.
    pub(crate) fn replace(&mut self, fd: Fd, description: Rc<D>) -> Result<Option<Rc<D>>, Errno> {
        let position = position(fd).filter(|position| *position < LIMIT).ok_or(Errno::EBADF)?;
        if position >= self.slots.len() {
            self.slots.resize_with(position + 1, || None);
        }
        let slot = self.slots.get_mut(position).ok_or(Errno::EBADF)?;
        let replaced = slot.replace(Descriptor { description, inheritable: Cell::new(false) });
        Ok(replaced.map(|descriptor| descriptor.description))
    }

    /// Frees the number `fd` and hands over what it meant.
    pub(crate) fn remove(&mut self, fd: Fd) -> Result<Rc<D>, Errno> {
        let slot = match position(fd) {
            Some(position) => self.slots.get_mut(position),
            None => standard_position(fd).and_then(|position| self.standard.get_mut(position)),
        };
        let removed = slot.and_then(Option::take).ok_or(Errno::EBADF)?;
        self.full_below = position(fd).map_or(self.full_below, |position| self.full_below.min(position));
        Ok(removed.description)
    }

    /// Frees all numbers.
    pub(crate) fn clear(&mut self) -> Vec<Rc<D>> {
        self.full_below = 0;
        let slots = std::mem::take(&mut self.slots).into_iter();
        let standard = std::mem::replace(&mut self.standard, [const { None }; 3]);
        slots.chain(standard).flatten().map(|descriptor| descriptor.description).collect()
    }

    fn slot(&self, fd: Fd) -> Option<&Option<Descriptor<D>>> {
        match position(fd) {
            Some(position) => self.slots.get(position),
            None => standard_position(fd).and_then(|position| self.standard.get(position)),
        }
    }
}

fn position(fd: Fd) -> Option<usize> {
    fd.checked_sub(FIRST_FD).and_then(|position| usize::try_from(position).ok())
}

/// The place of a number below all others among the standard streams.
fn standard_position(fd: Fd) -> Option<usize> {
    usize::try_from(fd).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_the_lowest_free() {
        let mut table = Descriptors::new();
        let first = table.insert(Rc::new('a')).unwrap();
        let second = table.insert(Rc::new('b')).unwrap();
        assert_eq!((first, second), (FIRST_FD, FIRST_FD + 1));
        table.remove(first).unwrap();
        assert_eq!(table.remove(first).err(), Some(Errno::EBADF));
        assert_eq!(table.insert(Rc::new('c')).unwrap(), first);
        assert_eq!(*table.get(second).unwrap().description, 'b');
        assert_eq!(table.get(3).err(), Some(Errno::EBADF));
        assert_eq!(table.get(u32::MAX).err(), Some(Errno::EBADF));
    }

    #[test]
    fn a_number_of_choice() {
        let mut table = Descriptors::new();
        let chosen = FIRST_FD + 2;
        assert_eq!(table.replace(chosen, Rc::new('a')).unwrap(), None);
        assert_eq!(table.replace(chosen, Rc::new('b')).unwrap().as_deref(), Some(&'a'));
        let others = ['c', 'd', 'e'].map(|description| table.insert(Rc::new(description)).unwrap());
        assert_eq!(others, [FIRST_FD, FIRST_FD + 1, FIRST_FD + 3]);
        assert_eq!(*table.get(chosen).unwrap().description, 'b');
        assert_eq!(table.replace(u32::MAX, Rc::new('f')).err(), Some(Errno::EBADF));
    }
}
