//! Timeouts as Python states them: CPython's conversions, with its texts and its rounding.

use std::time::Duration;

use wasocket::time::Timeout;

use crate::errors::{Exception, PyResult, Raised, clear, occurred};
use crate::ffi;
use crate::object::{Borrowed, Object};

const NANOSECONDS_PER_SECOND: i64 = 1_000_000_000;
const NANOSECONDS_PER_MILLISECOND: i64 = 1_000_000;

/// The timeout of a socket object: nanoseconds, or less than zero for none, as CPython keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PythonTimeout(i64);

impl PythonTimeout {
    /// `settimeout(None)`.
    pub(crate) const BLOCKING: Self = Self(-1);
    /// `settimeout(0.0)`.
    pub(crate) const NON_BLOCKING: Self = Self(0);

    /// The argument of `settimeout` and `setdefaulttimeout`.
    pub(crate) fn parse(value: Borrowed<'_>) -> PyResult<Self> {
        if value.is_none() {
            return Ok(Self::BLOCKING);
        }
        let nanoseconds = nanoseconds(value, NANOSECONDS_PER_SECOND)?;
        if nanoseconds < 0 {
            return Err(Exception::Value.raise("Timeout value out of range"));
        }
        Ok(Self(nanoseconds))
    }

    /// The timeout that the sockets call this.
    pub(crate) fn of(timeout: Option<Duration>) -> Self {
        timeout.map_or(Self::BLOCKING, |timeout| Self(i64::try_from(timeout.as_nanos()).unwrap_or(i64::MAX)))
    }

    /// What the sockets call this timeout.
    pub(crate) fn duration(self) -> Option<Duration> {
        u64::try_from(self.0).ok().map(Duration::from_nanos)
    }

    /// What `gettimeout` returns.
    pub(crate) fn to_python(self) -> PyResult<Object> {
        if self.is_blocking() { Ok(Object::none()) } else { Object::float(seconds(self.0)) }
    }

    /// Whether calls wait for as long as it takes.
    pub(crate) fn is_blocking(self) -> bool {
        self.0 < 0
    }

    /// What the sockets understand.
    pub(crate) fn to_timeout(self) -> Timeout {
        match self.duration() {
            None => Timeout::Blocking,
            Some(Duration::ZERO) => Timeout::NonBlocking,
            Some(timeout) => Timeout::After(timeout),
        }
    }
}

/// The timeout of `select.select`: seconds, or `None` for no limit.
pub(crate) fn select_timeout(value: Borrowed<'_>) -> PyResult<Timeout> {
    if value.is_none() {
        return Ok(Timeout::Blocking);
    }
    let nanoseconds = nanoseconds(value, NANOSECONDS_PER_SECOND)
        .map_err(|raised| retell_type_error(raised, "timeout must be a float or None"))?;
    match u64::try_from(nanoseconds) {
        Err(_) => Err(Exception::Value.raise("timeout must be non-negative")),
        Ok(nanoseconds) => Ok(waiting(nanoseconds)),
    }
}

/// The timeout of `poll.poll`: milliseconds; `None` and what is negative are no limit.
pub(crate) fn poll_timeout(value: Option<Borrowed<'_>>) -> PyResult<Timeout> {
    let Some(value) = value.filter(|value| !value.is_none()) else { return Ok(Timeout::Blocking) };
    let nanoseconds = nanoseconds(value, NANOSECONDS_PER_MILLISECOND)
        .map_err(|raised| retell_type_error(raised, "timeout must be an integer or None"))?;
    let milliseconds = divide_away_from_zero(nanoseconds, NANOSECONDS_PER_MILLISECOND);
    if i32::try_from(milliseconds).is_err() {
        return Err(Exception::Overflow.raise("timeout is too large"));
    }
    // poll(2) counts in milliseconds, rounded away from zero.
    Ok(u64::try_from(milliseconds).map_or(Timeout::Blocking, |milliseconds| waiting(milliseconds * 1_000_000)))
}

/// The timeout of `epoll.poll`: seconds, rounded up to milliseconds; `None` and what is negative are no limit.
pub(crate) fn epoll_timeout(value: Option<Borrowed<'_>>) -> PyResult<Timeout> {
    let Some(value) = value.filter(|value| !value.is_none()) else { return Ok(Timeout::Blocking) };
    let nanoseconds = nanoseconds(value, NANOSECONDS_PER_SECOND)
        .map_err(|raised| retell_type_error(raised, "timeout must be an integer or None"))?;
    let milliseconds = round_up(nanoseconds, NANOSECONDS_PER_MILLISECOND);
    if i32::try_from(milliseconds).is_err() {
        return Err(Exception::Overflow.raise("timeout is too large"));
    }
    Ok(u64::try_from(nanoseconds).map_or(Timeout::Blocking, |_| waiting(milliseconds.unsigned_abs() * 1_000_000)))
}

fn waiting(nanoseconds: u64) -> Timeout {
    if nanoseconds == 0 { Timeout::NonBlocking } else { Timeout::After(Duration::from_nanos(nanoseconds)) }
}

fn retell_type_error(raised: Raised, text: &str) -> Raised {
    if Exception::Type.is_set() { Exception::Type.raise(text) } else { raised }
}

/// A number of units as nanoseconds, rounded away from zero: `_PyTime_FromSecondsObject` with `_PyTime_ROUND_TIMEOUT`.
fn nanoseconds(value: Borrowed<'_>, unit: i64) -> PyResult<i64> {
    // SAFETY: the object is alive.
    if unsafe { ffi::PyFloat_Check(value.as_pointer()) } != 0 {
        // SAFETY: it is a float.
        return from_float(unsafe { ffi::PyFloat_AsDouble(value.as_pointer()) }, unit);
    }
    // SAFETY: the object is alive.
    let units = unsafe { ffi::PyLong_AsLongLong(value.as_pointer()) };
    if units == -1 && occurred() {
        return Err(if Exception::Overflow.is_set() { out_of_range() } else { not_a_number(value) });
    }
    units.checked_mul(unit).ok_or_else(out_of_range)
}

#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "the range is checked before")]
fn from_float(value: f64, unit: i64) -> PyResult<i64> {
    if value.is_nan() {
        return Err(Exception::Value.raise("Invalid value NaN (not a number)"));
    }
    let exact = value * unit as f64;
    let rounded = if exact >= 0.0 { exact.ceil() } else { exact.floor() };
    let limit = -(i64::MIN as f64);
    if rounded >= -limit && rounded < limit { Ok(rounded as i64) } else { Err(out_of_range()) }
}

fn not_a_number(value: Borrowed<'_>) -> Raised {
    if !Exception::Type.is_set() {
        return Raised;
    }
    let text = format!("'{}' object cannot be interpreted as an integer or float", value.type_name());
    clear();
    Exception::Type.raise(&text)
}

fn out_of_range() -> Raised {
    clear();
    Exception::Overflow.raise("timestamp out of range for C PyTime_t")
}

fn round_up(value: i64, divisor: i64) -> i64 {
    let quotient = value / divisor;
    if value % divisor > 0 { quotient + 1 } else { quotient }
}

fn divide_away_from_zero(value: i64, divisor: i64) -> i64 {
    let quotient = value / divisor;
    if value % divisor == 0 { quotient } else { quotient + value.signum() }
}

/// Nanoseconds as a float of seconds: whole seconds come out exactly, as CPython's do.
#[expect(clippy::cast_precision_loss, reason = "a float is what Python asked for")]
fn seconds(nanoseconds: i64) -> f64 {
    if nanoseconds % NANOSECONDS_PER_SECOND == 0 {
        (nanoseconds / NANOSECONDS_PER_SECOND) as f64
    } else {
        nanoseconds as f64 / 1e9
    }
}
