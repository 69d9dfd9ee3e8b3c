//! `epoll` instances: what each watches, and what it has reported already.
//!
//! Where a kernel keeps the sockets, its own `epoll` watches them, and waiting costs by what is ready. What only this program
//! has (pipes, devices, standard streams, other instances), and all of it where there is no kernel, is asked by `poll`.
//! An edge (`EPOLLET`) is then what was not ready when the instance last reported it, or has been used up since: a receive
//! uses up what there was to read, a send that found no room uses up the room. So an edge is never missed; one that arrives
//! while older data still waits is reported once, with it.
//!
//! # References
//! - <https://man7.org/linux/man-pages/man7/epoll.7.html>

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use super::description::{Attributes, Description, Rights};
use super::endpoint::Endpoint;
use super::poll::Query;
use super::stack::{Member, Stack};
use super::{Events, Fd, Sockets, Trigger};
use crate::errno::Errno;
use crate::error::Result;
use crate::net::Network;
use crate::status::Status;
use crate::time::{Deadline, Timeout};

/// How many instances may stand in a row, each watching the next, as on Linux.
const LONGEST_ROW: usize = 5;

/// Fewer members are asked about one by one: they need no set of the kernel, which counts as a descriptor.
const FEWEST_IN_SET: usize = 2;

/// What may stand beside `EPOLLEXCLUSIVE`.
const WITH_EXCLUSIVE: Events = Events::IN.union(Events::OUT).union(Events::ERR).union(Events::HUP);

/// An instance.
pub struct Epoll<N: Network>(RefCell<Registrations<N>>);

struct Registrations<N: Network> {
    /// In the order of their tokens.
    by_token: Tokens<Registration<N>>,
    /// How many of them no kernel watches.
    here: usize,
    /// Where the next answer begins, if the last one had no room for all: so that each has its turn.
    next: u64,
    set: KernelSet<N>,
}

/// A list that has become this long is searched for registrations of what has been closed.
const FEWEST_TO_SEARCH: usize = 16;

/// Registrations by their tokens, in ascending order: waiting goes through all of them anyway, and a list takes the least code.
struct Tokens<M> {
    list: Vec<(u64, M)>,
    /// How long the list is to be before it is searched again: twice as long as it was after the last time.
    search_at: usize,
}

impl<M> Default for Tokens<M> {
    fn default() -> Self {
        Self { list: Vec::new(), search_at: FEWEST_TO_SEARCH }
    }
}

impl<M> Tokens<M> {
    fn place(&self, token: u64) -> std::result::Result<usize, usize> {
        self.list.binary_search_by_key(&token, |(token, _)| *token)
    }

    fn len(&self) -> usize {
        self.list.len()
    }

    fn iter(&self) -> impl Iterator<Item = &(u64, M)> {
        self.list.iter()
    }

    fn get(&self, token: u64) -> Option<&M> {
        self.list.get(self.place(token).ok()?).map(|(_, member)| member)
    }

    fn get_mut(&mut self, token: u64) -> Option<&mut M> {
        let place = self.place(token).ok()?;
        self.list.get_mut(place).map(|(_, member)| member)
    }

    fn insert(&mut self, token: u64, member: M) {
        if let Err(place) = self.place(token) {
            self.list.insert(place, (token, member));
        }
    }

    fn remove(&mut self, token: u64) -> Option<M> {
        self.place(token).ok().map(|place| self.list.remove(place).1)
    }

    /// Before one is inserted: keeps those that `is_kept` says, if the list has grown. So it is at most twice as long as what is
    /// kept, and searching it costs by what is inserted.
    fn tidy(&mut self, mut is_kept: impl FnMut(u64, &M) -> bool) {
        if self.list.len() >= self.search_at {
            self.list.retain(|(token, member)| is_kept(*token, member));
            self.search_at = FEWEST_TO_SEARCH.max(2 * self.list.len());
        }
    }
}

/// Whether a kernel watches those members that are its sockets.
enum KernelSet<N: Network> {
    /// It has not been asked.
    Unasked,
    /// It does.
    Watching(Rc<<N::Stack as Stack<N>>::Set>),
    /// It cannot.
    Missing,
}

/// One watched descriptor.
struct Registration<N: Network> {
    fd: Fd,
    description: Weak<Description<N>>,
    events: Events,
    trigger: Trigger,
    /// Whether the kernel's set watches it.
    is_in_set: bool,
    reported: Reported,
}

/// What an instance has reported of a member.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reported {
    /// Nothing that matters now.
    Nothing,
    /// By edge: these events, when this much had been used up.
    Edge(Events, UsedUp),
    /// `EPOLLONESHOT` has had its shot.
    Spent,
}

/// How often the calls of a program may have used up what a description was ready for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct UsedUp {
    /// What there was to read.
    reading: u32,
    /// The room to write.
    room: u32,
}

impl Attributes {
    /// What there is to read is about to be used up.
    pub(super) fn use_up_reading(&self) {
        let used = self.used_up.get();
        self.used_up.set(UsedUp { reading: used.reading.wrapping_add(1), ..used });
    }

    /// `length` bytes were to be sent: less room than that is no room.
    pub(super) fn use_up_room(&self, length: usize, sent: &Result<usize>) {
        if !matches!(sent, Ok(sent) if *sent >= length) {
            let used = self.used_up.get();
            self.used_up.set(UsedUp { room: used.room.wrapping_add(1), ..used });
        }
    }
}

impl<N: Network> Registration<N> {
    /// What was registered, until its last descriptor is closed.
    fn living(&self) -> Option<Rights<N>> {
        self.description.upgrade()
    }

    /// By edge: what has been reported and not been used up since.
    fn still_reported(&self, description: &Description<N>) -> Events {
        let Reported::Edge(events, then) = self.reported else { return Events::empty() };
        let now = description.attributes.used_up.get();
        let read = if now.reading == then.reading { Events::empty() } else { Events::TO_READ };
        let room = if now.room == then.room { Events::empty() } else { Events::WRITABLE_MESSAGES };
        events - read - room
    }

    /// What to ask now: not what an edge has reported; nothing at all after what is reported unasked.
    fn to_ask(&self, description: &Description<N>) -> Option<Events> {
        let reported = self.still_reported(description);
        let is_over = self.reported == Reported::Spent || reported.intersects(Events::ALWAYS);
        (!is_over).then(|| self.events - reported)
    }

    /// Notes what is reported. An edge reports all that is ready, not only what is new: what has been reported and not been used
    /// up since is still ready.
    fn note(&mut self, description: &Description<N>, found: Events) -> Events {
        let all = found | self.still_reported(description);
        self.reported = if self.trigger.contains(Trigger::ONE_SHOT) {
            Reported::Spent
        } else if self.trigger.contains(Trigger::EDGE) {
            Reported::Edge(all, description.attributes.used_up.get())
        } else {
            Reported::Nothing
        };
        all
    }
}

impl<N: Network> Default for Epoll<N> {
    fn default() -> Self {
        Self(RefCell::new(Registrations { by_token: Tokens::default(), here: 0, next: 0, set: KernelSet::Unasked }))
    }
}

impl<N: Network> Endpoint<N> for Epoll<N> {
    fn is_socket(&self) -> bool {
        false
    }

    /// It is readable when something that it watches is ready, which `poll` finds out.
    fn status(&self, _asked: Events) -> Status {
        Status::default()
    }

    fn epoll(&self) -> Option<&Self> {
        Some(self)
    }
}

impl<N: Network> Epoll<N> {
    /// What it watches, and what is to be asked of each.
    pub(super) fn members(&self) -> Vec<(Rights<N>, Events)> {
        let registered = self.0.borrow();
        let ask = |member: &Registration<N>| {
            let description = member.living()?;
            let events = member.to_ask(&description)?;
            Some((description, events))
        };
        registered.by_token.iter().filter_map(|(_, member)| ask(member)).collect()
    }

    /// The instances that it watches.
    fn nested(&self) -> Vec<Rights<N>> {
        let registered = self.0.borrow();
        let living = registered.by_token.iter().filter_map(|(_, member)| member.living());
        living.filter(|description| description.endpoint.epoll().is_some()).collect()
    }
}

impl<N: Network> Sockets<N> {
    /// `select.epoll()` — a descriptor for an instance that watches nothing yet.
    ///
    /// # Errors
    /// `EMFILE`: there are too many.
    pub fn epoll_create(&self) -> Result<Fd> {
        self.insert(Description::open(Attributes::of_no_socket(), Epoll::default()))
    }

    /// `epoll.register(fd, eventmask)` — watches `fd` for `events`, under a token that answers name it by.
    ///
    /// # Errors
    /// `EBADF`: one of them is not open. `EINVAL`: `epoll` is no instance, or is `fd`; `EPOLLEXCLUSIVE` beside what it does not
    /// go with. `EEXIST`: the token is in use. `ELOOP`: a circle of instances, or more than 5 in a row.
    pub fn epoll_add(&self, epoll: Fd, token: u64, fd: Fd, events: Events, trigger: Trigger) -> Result<()> {
        let instance = self.any_description(epoll)?;
        let target = self.any_description(fd)?;
        let registrations = registrations(&instance)?;
        if Rc::ptr_eq(&instance, &target) {
            return Err(Errno::EINVAL.into());
        }
        let is_instance = is_instance(&target);
        let is_fit = WITH_EXCLUSIVE.contains(events) && !trigger.contains(Trigger::ONE_SHOT);
        if is_exclusive::<N>(trigger) && (is_instance || !is_fit) {
            return Err(Errno::EINVAL.into());
        }
        if registrations.borrow().is_in_use(token, fd, &target) {
            return Err(Errno::EEXIST.into());
        }
        if is_instance {
            self.check_row(&instance, &target)?;
        }
        let mut registrations = registrations.borrow_mut();
        registrations.remove(self, token);
        registrations.forget_closed(self);
        let description = Rc::downgrade(&target);
        let reported = Reported::Nothing;
        let mut new = Registration { fd, description, events, trigger, is_in_set: false, reported };
        if N::Stack::IS_KERNEL && trigger.intersects(Trigger::EDGE | Trigger::ONE_SHOT) {
            registrations.ask_kernel(&self.net);
        }
        if N::Stack::IS_KERNEL
            && let KernelSet::Watching(set) = &registrations.set
        {
            new.is_in_set =
                N::Stack::add_to_set(&self.net, set, &Member { token, description: &target, events, trigger });
        }
        registrations.here += usize::from(!new.is_in_set);
        registrations.by_token.insert(token, new);
        Ok(())
    }

    /// `epoll.modify(fd, eventmask)` — changes what a token's descriptor is watched for, and arms it again.
    ///
    /// # Errors
    /// `EBADF`, `EINVAL`: as [`Sockets::epoll_add`]. `ENOENT`: nothing has the token. `EINVAL`: `EPOLLEXCLUSIVE`, before or now.
    pub fn epoll_modify(&self, epoll: Fd, token: u64, events: Events, trigger: Trigger) -> Result<()> {
        let instance = self.any_description(epoll)?;
        let mut registrations = registrations(&instance)?.borrow_mut();
        if is_exclusive::<N>(trigger) {
            return Err(Errno::EINVAL.into());
        }
        let Registrations { by_token, here, set, .. } = &mut *registrations;
        let member = by_token.get_mut(token).filter(|member| member.living().is_some()).ok_or(Errno::ENOENT)?;
        if is_exclusive::<N>(member.trigger) {
            return Err(Errno::EINVAL.into());
        }
        (member.events, member.trigger, member.reported) = (events, trigger, Reported::Nothing);
        if let KernelSet::Watching(set) = set
            && N::Stack::IS_KERNEL
            && member.is_in_set
        {
            member.is_in_set = N::Stack::modify_in_set(&self.net, set, token, events, trigger);
            *here += usize::from(!member.is_in_set);
        }
        Ok(())
    }

    /// `epoll.unregister(fd)` — watches what has the token no more.
    ///
    /// # Errors
    /// `EBADF`, `EINVAL`: as [`Sockets::epoll_add`]. `ENOENT`: nothing has the token.
    pub fn epoll_remove(&self, epoll: Fd, token: u64) -> Result<()> {
        let instance = self.any_description(epoll)?;
        let mut registrations = registrations(&instance)?.borrow_mut();
        let was_there = registrations.by_token.get(token).is_some_and(|member| member.living().is_some());
        registrations.remove(self, token);
        if was_there { Ok(()) } else { Err(Errno::ENOENT.into()) }
    }

    /// `epoll.poll(timeout, maxevents)` — waits until something is ready: the tokens of at most `most`, with what each is ready
    /// for; none when the time is over.
    ///
    /// # Errors
    /// `EBADF`, `EINVAL`: as [`Sockets::epoll_add`]; `EINVAL`: `most` is 0. `EDEADLK`: it would wait for ever for what nobody can
    /// make happen.
    pub fn epoll_wait(&self, epoll: Fd, most: usize, timeout: Timeout) -> Result<Vec<(u64, Events)>> {
        let instance = self.any_description(epoll)?;
        let registrations = registrations(&instance)?;
        if most == 0 {
            return Err(Errno::EINVAL.into());
        }
        let deadline = timeout.deadline(|| self.net.now());
        if N::Stack::IS_KERNEL && registrations.borrow().by_token.len() >= FEWEST_IN_SET {
            registrations.borrow_mut().ask_kernel(&self.net);
        }
        let set = match &registrations.borrow().set {
            KernelSet::Watching(set) if N::Stack::IS_KERNEL && registrations.borrow().has_members() => {
                Some(Rc::clone(set))
            }
            KernelSet::Watching(_) | KernelSet::Unasked | KernelSet::Missing => None,
        };
        match set {
            Some(set) => self.wait_with_set(registrations, &set, most, deadline),
            None => self.wait_here(registrations, most, deadline),
        }
    }

    /// Waits for what the kernel's set watches, and beside it for the rest.
    fn wait_with_set(
        &self,
        registrations: &RefCell<Registrations<N>>,
        set: &<N::Stack as Stack<N>>::Set,
        most: usize,
        deadline: Deadline,
    ) -> Result<Vec<(u64, Events)>> {
        loop {
            let mut found = self.wait_here(registrations, most, Deadline::Now)?;
            let left = most - found.len();
            if left > 0 {
                let deadline = if found.is_empty() { deadline } else { Deadline::Now };
                let beside = registrations.borrow().queries().into_iter().map(|(_, query)| query).collect();
                let left = u32::try_from(left).unwrap_or(u32::MAX);
                let of_kernel = self.wait_beside(beside, |interests| {
                    N::Stack::wait_for_set(&self.net, set, left, interests, deadline)
                })?;
                found.extend(registrations.borrow().reported(of_kernel));
            }
            if !found.is_empty() || self.has_passed(deadline) {
                return Ok(found);
            }
        }
    }

    /// Waits for what no set of a kernel watches.
    fn wait_here(
        &self,
        registrations: &RefCell<Registrations<N>>,
        most: usize,
        deadline: Deadline,
    ) -> Result<Vec<(u64, Events)>> {
        let (tokens, mut queries): (Vec<_>, Vec<_>) = registrations.borrow().queries().into_iter().unzip();
        if tokens.is_empty() && deadline == Deadline::Now {
            return Ok(Vec::new());
        }
        self.wait_for(&mut queries, deadline)?;
        let mut ready: Vec<_> =
            tokens.into_iter().zip(queries).filter(|(_, query)| !query.revents.is_empty()).collect();
        let mut registrations = registrations.borrow_mut();
        if let Some((token, _)) = ready.get(most) {
            registrations.next = *token;
            ready.truncate(most);
        }
        Ok(ready.into_iter().map(|(token, query)| registrations.note(token, &query)).collect())
    }

    /// Refuses circles and long rows: a wait follows them down, and it must come to an end.
    fn check_row(&self, instance: &Rights<N>, target: &Rights<N>) -> Result<()> {
        let all =
            self.descriptors.borrow().descriptions().filter(|one| one.endpoint.epoll().is_some()).collect::<Vec<_>>();
        let watches = |one: &Rights<N>, layer: &[Rights<N>]| {
            nested(one).iter().any(|nested| layer.iter().any(|member| Rc::ptr_eq(nested, member)))
        };
        let above = layers(instance, |layer| all.iter().filter(|one| watches(one, layer)).map(Rc::clone).collect());
        let below = layers(target, |layer| layer.iter().flat_map(|one| nested(one)).collect());
        let circle = below.iter().flatten().any(|one| Rc::ptr_eq(one, instance));
        if circle || above.len() + below.len() > LONGEST_ROW { Err(Errno::ELOOP.into()) } else { Ok(()) }
    }
}

impl<N: Network> Registrations<N> {
    /// Whether `token` stands for something; a descriptor that refers to something else by now has given its token back.
    fn is_in_use(&self, token: u64, fd: Fd, target: &Rights<N>) -> bool {
        let Some(member) = self.by_token.get(token) else { return false };
        let is_same = std::ptr::addr_eq(Rc::as_ptr(target), member.description.as_ptr());
        is_same || (member.fd != fd && member.living().is_some())
    }

    fn remove(&mut self, sockets: &Sockets<N>, token: u64) {
        if let Some(member) = self.by_token.remove(token) {
            forget(sockets, &self.set, &mut self.here, token, &member);
        }
    }

    /// What is closed is watched no more, but its token stays until then.
    fn forget_closed(&mut self, sockets: &Sockets<N>) {
        let Self { by_token, here, set, .. } = self;
        by_token.tidy(|token, member| {
            let is_open = member.description.strong_count() > 0;
            if !is_open {
                forget(sockets, set, here, token, member);
            }
            is_open
        });
    }

    fn has_members(&self) -> bool {
        self.by_token.iter().any(|(_, member)| member.living().is_some())
    }

    /// Has a kernel watch what it can, unless that has been tried.
    fn ask_kernel(&mut self, net: &N) {
        if !matches!(self.set, KernelSet::Unasked) {
            return;
        }
        let Some(set) = N::Stack::create_set(net) else {
            self.set = KernelSet::Missing;
            return;
        };
        for (token, member) in &mut self.by_token.list {
            let Some(description) = member.living() else { continue };
            let (events, trigger) = (member.events, member.trigger);
            member.is_in_set =
                N::Stack::add_to_set(net, &set, &Member { token: *token, description: &description, events, trigger });
            self.here -= usize::from(member.is_in_set);
        }
        self.set = KernelSet::Watching(Rc::new(set));
    }

    /// What to ask of the members that no kernel watches, in turn.
    fn queries(&self) -> Vec<(u64, Query<N>)> {
        if self.here == 0 {
            return Vec::new();
        }
        let start = self.by_token.place(self.next).unwrap_or_else(|place| place);
        let mut queries = Vec::new();
        for place in (start..self.by_token.len()).chain(0..start) {
            let Some((token, member)) = self.by_token.list.get(place).filter(|(_, member)| !member.is_in_set) else {
                continue;
            };
            let Some(description) = member.living() else { continue };
            if let Some(events) = member.to_ask(&description) {
                queries.push((*token, Query { description: Some(description), events, revents: Events::empty() }));
            }
        }
        queries
    }

    /// What a kernel has found, as far as it is still asked for.
    fn reported(&self, found: Vec<(u64, Events)>) -> Vec<(u64, Events)> {
        let report = |(token, events): (u64, Events)| {
            let member = self.by_token.get(token)?;
            let events = events.reported(member.events);
            (!events.is_empty()).then_some((token, events))
        };
        found.into_iter().filter_map(report).collect()
    }

    /// Notes what is reported of `token`, and reports it.
    fn note(&mut self, token: u64, query: &Query<N>) -> (u64, Events) {
        match (self.by_token.get_mut(token), &query.description) {
            (Some(member), Some(description)) => (token, member.note(description, query.revents)),
            _ => (token, query.revents),
        }
    }
}

/// Lets go of what has been taken out, in the kernel's set or in the count of those `here`.
fn forget<N: Network>(
    sockets: &Sockets<N>,
    set: &KernelSet<N>,
    here: &mut usize,
    token: u64,
    member: &Registration<N>,
) {
    match set {
        KernelSet::Watching(set) if N::Stack::IS_KERNEL && member.is_in_set => {
            N::Stack::remove_from_set(&sockets.net, set, token);
        }
        KernelSet::Watching(_) | KernelSet::Unasked | KernelSet::Missing => *here -= 1,
    }
}

/// The registrations of an instance, or `EINVAL`.
fn registrations<N: Network>(description: &Description<N>) -> Result<&RefCell<Registrations<N>>> {
    Ok(description.endpoint.epoll().map(|epoll| &epoll.0).ok_or(Errno::EINVAL)?)
}

/// `EPOLLEXCLUSIVE`, which pollers of a component do not have.
fn is_exclusive<N: Network>(trigger: Trigger) -> bool {
    N::HAS_FILES && trigger.contains(Trigger::EXCLUSIVE)
}

/// Whether it is an instance that others can watch: pollers of a component have no numbers.
pub(super) fn is_instance<N: Network>(description: &Description<N>) -> bool {
    N::HAS_FILES && description.endpoint.epoll().is_some()
}

fn nested<N: Network>(description: &Rights<N>) -> Vec<Rights<N>> {
    description.endpoint.epoll().map(Epoll::nested).unwrap_or_default()
}

/// Each of `all` once.
fn once<N: Network>(all: Vec<Rights<N>>) -> Vec<Rights<N>> {
    let mut once: Vec<Rights<N>> = Vec::new();
    for one in all {
        if !once.iter().any(|known| Rc::ptr_eq(known, &one)) {
            once.push(one);
        }
    }
    once
}

/// `first`, then those that `next` finds of it, and so on: as many layers as the longest row has instances. Each is there
/// once, however many ways lead to it.
fn layers<N: Network>(first: &Rights<N>, next: impl Fn(&[Rights<N>]) -> Vec<Rights<N>>) -> Vec<Vec<Rights<N>>> {
    let mut layers = Vec::new();
    let mut layer = vec![Rc::clone(first)];
    while !layer.is_empty() && layers.len() <= LONGEST_ROW {
        let following = once(next(&layer));
        layers.push(std::mem::replace(&mut layer, following));
    }
    layers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_closed_does_not_make_the_list_grow() {
        // Two thirds of what is inserted is closed; the rest lives.
        let mut tokens = Tokens::default();
        let mut closed = 0;
        for token in 0..3000 {
            tokens.tidy(|_, is_living| {
                closed += usize::from(!is_living);
                *is_living
            });
            tokens.insert(token, token % 3 == 0);
            let living = tokens.iter().filter(|(_, is_living)| *is_living).count();
            assert!(tokens.len() <= FEWEST_TO_SEARCH.max(2 * living + 1), "{} for {living}", tokens.len());
        }
        assert!(closed > 1000 && tokens.get(2997).is_some(), "{closed}");
    }
}
