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
    /// Those from [`FIRST_FD`] on, which `insert` gives out.
    own: Numbers<D>,
    /// Those below it, where there are any: standard streams, files of the C library, and what a program put there.
    low: Numbers<D>,
}

/// One entry of the table.
pub(crate) struct Descriptor<D: ?Sized> {
    /// What is open; shared by `dup`.
    pub(crate) description: Rc<D>,
    /// Whether a child process would inherit it. There are none: the flag is only kept.
    pub(crate) inheritable: Cell<bool>,
}

impl<D: ?Sized> Descriptor<D> {
    fn new(description: Rc<D>, inheritable: bool) -> Self {
        Self { description, inheritable: Cell::new(inheritable) }
    }
}

impl<D: ?Sized> Descriptors<D> {
    pub(crate) fn new() -> Self {
        Self { own: Numbers::new(), low: Numbers::new() }
    }

    /// Makes 0, 1 and 2 refer to these.
    pub(crate) fn set_standard(&mut self, descriptions: [Rc<D>; 3]) {
        for (position, description) in descriptions.into_iter().enumerate() {
            self.low.set(position, Descriptor::new(description, true));
        }
    }

    /// The lowest free number of ours for `description`.
    pub(crate) fn insert(&mut self, description: Rc<D>) -> Result<Fd, Errno> {
        let position = self.own.insert(0, Descriptor::new(description, false))?;
        u32::try_from(position).map(|position| FIRST_FD + position).map_err(|_| Errno::EMFILE)
    }

    /// The lowest free number for `description` that is not below `least`, as POSIX asks.
    pub(crate) fn insert_from(&mut self, least: Fd, description: Rc<D>) -> Result<Fd, Errno> {
        let (numbers, least, first) = match place(least) {
            Place::Own(position) => (&mut self.own, position, FIRST_FD),
            Place::Low(position) => (&mut self.low, position, 0),
        };
        let position = numbers.insert(least, Descriptor::new(description, false))?;
        u32::try_from(position).map(|position| first + position).map_err(|_| Errno::EMFILE)
    }

    /// All open descriptions, one that `dup` shares as often as it has descriptors.
    pub(crate) fn descriptions(&self) -> impl Iterator<Item = Rc<D>> {
        self.low.slots.iter().chain(&self.own.slots).flatten().map(|descriptor| Rc::clone(&descriptor.description))
    }

    /// The entry of `fd`, or `EBADF`.
    pub(crate) fn get(&self, fd: Fd) -> Result<&Descriptor<D>, Errno> {
        let (numbers, position) = match place(fd) {
            Place::Own(position) => (&self.own, position),
            Place::Low(position) => (&self.low, position),
        };
        numbers.slots.get(position).and_then(Option::as_ref).ok_or(Errno::EBADF)
    }

    /// Makes `fd` refer to `description`, and hands over what it meant before. The number need not be open.
    pub(crate) fn replace(&mut self, fd: Fd, description: Rc<D>) -> Result<Option<Rc<D>>, Errno> {
        let (numbers, position) = self.place_mut(fd);
        if position >= LIMIT {
            return Err(Errno::EBADF);
        }
        let replaced = numbers.set(position, Descriptor::new(description, false));
        Ok(replaced.map(|descriptor| descriptor.description))
    }

    /// Frees the number `fd` and hands over what it meant.
    pub(crate) fn remove(&mut self, fd: Fd) -> Result<Rc<D>, Errno> {
        let (numbers, position) = self.place_mut(fd);
        numbers.remove(position).map(|descriptor| descriptor.description)
    }

    /// Frees all numbers.
    pub(crate) fn clear(&mut self) -> Vec<Rc<D>> {
        let Self { own, low } = std::mem::replace(self, Self::new());
        own.slots.into_iter().chain(low.slots).flatten().map(|descriptor| descriptor.description).collect()
    }

    fn place_mut(&mut self, fd: Fd) -> (&mut Numbers<D>, usize) {
        match place(fd) {
            Place::Own(position) => (&mut self.own, position),
            Place::Low(position) => (&mut self.low, position),
        }
    }
}

/// Where a number is, counted from the first of its kind.
enum Place {
    Own(usize),
    Low(usize),
}

fn place(fd: Fd) -> Place {
    // No number has more bits than the machine's words.
    let position = |number| usize::try_from(number).unwrap_or(usize::MAX);
    fd.checked_sub(FIRST_FD).map_or_else(|| Place::Low(position(fd)), |own| Place::Own(position(own)))
}

/// Consecutive numbers, by their positions.
struct Numbers<D: ?Sized> {
    slots: Vec<Option<Descriptor<D>>>,
    /// No slot below this one is free.
    full_below: usize,
}

impl<D: ?Sized> Numbers<D> {
    const fn new() -> Self {
        Self { slots: Vec::new(), full_below: 0 }
    }

    /// Puts it in the first free place that is not before `least`.
    fn insert(&mut self, least: usize, descriptor: Descriptor<D>) -> Result<usize, Errno> {
        let start = least.max(self.full_below);
        let used = self.slots.iter().skip(start).take_while(|slot| slot.is_some()).count();
        let free = start + used;
        if free >= LIMIT {
            return Err(Errno::EMFILE);
        }
        self.set(free, descriptor);
        if least <= self.full_below {
            self.full_below = free + 1;
        }
        Ok(free)
    }

    /// Puts it in that place, and hands over what was there.
    fn set(&mut self, position: usize, descriptor: Descriptor<D>) -> Option<Descriptor<D>> {
        if position >= self.slots.len() {
            self.slots.resize_with(position + 1, || None);
        }
        self.slots.get_mut(position).and_then(|slot| slot.replace(descriptor))
    }

    fn remove(&mut self, position: usize) -> Result<Descriptor<D>, Errno> {
        let removed = self.slots.get_mut(position).and_then(Option::take).ok_or(Errno::EBADF)?;
        self.full_below = self.full_below.min(position);
        Ok(removed)
    }
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
        assert_eq!(table.replace(FIRST_FD - 1, Rc::new('f')).err(), Some(Errno::EBADF));
    }

    #[test]
    fn low_numbers_are_given_out_by_themselves() {
        let mut table = Descriptors::new();
        table.set_standard(['i', 'o', 'e'].map(Rc::new));
        assert_eq!(table.insert_from(0, Rc::new('a')), Ok(3));
        assert_eq!(table.insert_from(10, Rc::new('b')), Ok(10));
        assert_eq!(table.insert_from(10, Rc::new('c')), Ok(11));
        assert_eq!(table.insert_from(0, Rc::new('d')), Ok(4), "what is asked for above leaves no gap");
        assert_eq!(table.insert_from(FIRST_FD + 5, Rc::new('e')), Ok(FIRST_FD + 5));
        assert_eq!(table.insert(Rc::new('f')), Ok(FIRST_FD));
        assert_eq!(table.remove(1).as_deref(), Ok(&'o'));
        assert_eq!(table.insert_from(0, Rc::new('g')), Ok(1));
        assert_eq!(table.replace(2, Rc::new('h')).unwrap().as_deref(), Some(&'e'));
        let limit = u32::try_from(LIMIT).unwrap();
        assert_eq!(table.insert_from(limit, Rc::new('i')), Err(Errno::EMFILE));
        assert_eq!(table.clear().len(), 9);
        assert_eq!(table.get(0).err(), Some(Errno::EBADF));
    }
}
