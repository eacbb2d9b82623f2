//! How often somebody may ask: a limit by key, and the wait until the next request is welcome.
//!
//! A burst is free, then requests are let through at a steady rate. Who asks too often is refused with 429 and told when
//! to come again; nothing is queued, so that one who hammers costs the others nothing.

use axum::http::HeaderValue;
use axum::http::header::RETRY_AFTER;
use axum::response::Response;
use governor::clock::{Clock, DefaultClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;

/// Stable code of the refusal.
pub const TOO_MANY_REQUESTS: &str = "too_many_requests";

/// How often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Requests a second in the long run.
    pub per_second: NonZeroU32,
    /// Requests at once.
    pub burst: NonZeroU32,
}

/// A limit for each key.
#[derive(Debug)]
pub struct Limiter<K: Hash + Eq + Clone, C: Clock = DefaultClock> {
    limiter: RateLimiter<K, HashMapStateStore<K>, C, NoOpMiddleware<C::Instant>>,
    clock: C,
}

/// One request too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooOften {
    /// Seconds until the next one is welcome, at least one.
    pub wait_s: u32,
}

impl<K: Hash + Eq + Clone> Limiter<K> {
    /// A limit by the machine's own clock.
    pub fn new(rate: Rate) -> Limiter<K> {
        Limiter::with_clock(rate, DefaultClock::default())
    }
}

impl<K: Hash + Eq + Clone, C: Clock + Clone> Limiter<K, C> {
    fn with_clock(rate: Rate, clock: C) -> Limiter<K, C> {
        let quota = Quota::per_second(rate.per_second).allow_burst(rate.burst);
        Limiter { limiter: RateLimiter::hashmap_with_clock(quota, clock.clone()), clock }
    }

    /// Counts a request of this key.
    pub fn ask(&self, key: &K) -> Result<(), TooOften> {
        self.limiter.check_key(key).map_err(|until| {
            let wait = until.wait_time_from(self.clock.now());
            let whole = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX - 1);
            TooOften { wait_s: whole + u32::from(wait.subsec_nanos() > 0 || whole == 0) }
        })
    }

    /// Forgets keys that did not ask for so long that they are as good as new.
    pub fn forget_idle(&self) {
        self.limiter.retain_recent();
    }
}

/// Says in an answer when to come again.
pub fn retry_after(mut answer: Response, wait_s: u32) -> Response {
    answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait_s));
    answer
}

/// Whose address this is. One household, office or attacker has a whole /64 of IPv6.
pub fn neighbourhood(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & !u128::from(u64::MAX))),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use governor::clock::FakeRelativeClock;
    use std::time::Duration;

    fn limiter(per_second: u32, burst: u32) -> (Limiter<u8, FakeRelativeClock>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        let n = |n| NonZeroU32::new(n).unwrap();
        (Limiter::with_clock(Rate { per_second: n(per_second), burst: n(burst) }, clock.clone()), clock)
    }

    #[test]
    fn a_burst_is_free_then_requests_go_at_their_rate_and_each_key_for_itself() {
        let (limiter, clock) = limiter(2, 3);
        assert!((0..3).all(|_| limiter.ask(&1).is_ok()));
        assert_eq!(limiter.ask(&1), Err(TooOften { wait_s: 1 }));
        assert!(limiter.ask(&2).is_ok(), "others are not held up");
        clock.advance(Duration::from_millis(500));
        assert!(limiter.ask(&1).is_ok() && limiter.ask(&1).is_err());
        clock.advance(Duration::from_secs(60));
        assert!(
            (0..3).all(|_| limiter.ask(&1).is_ok()) && limiter.ask(&1).is_err(),
            "no more than the burst"
        );
    }

    #[test]
    fn who_did_not_ask_for_long_is_forgotten() {
        let (limiter, clock) = limiter(1, 1);
        assert!(limiter.ask(&1).is_ok());
        clock.advance(Duration::from_secs(5));
        assert!(limiter.ask(&2).is_ok());
        limiter.forget_idle();
        assert_eq!(limiter.limiter.len(), 1);
    }

    #[test]
    fn addresses_are_told_apart_by_who_can_have_them() {
        let of = |text: &str| neighbourhood(text.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}
