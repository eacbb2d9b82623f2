//! How often a device or a stranger may ask.
//!
//! Whoever signs as a device is counted as that device, so that a thousand of them behind one address are not in each
//! other's way. By address are counted only those who did not prove who they are: requests to join or to sign in, which
//! cost work before anything is proven, and every answer that says "who are you?".

use crate::api::error::{ApiError, Refusals};
use crate::app::App;
use crate::edge::rate::{Limiter, Rate, TOO_MANY_REQUESTS, TooOften, neighbourhood};
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use clap::Args;
use gridweave_core::ids::Rid;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;

/// How those are refused who ask too often.
pub const REFUSALS: Refusals = &[(429, &[TOO_MANY_REQUESTS])];

/// The limits, as they are given to `gridweave serve`.
#[derive(Debug, Clone, Args)]
pub struct LimitArgs {
    /// Requests a second that one device may send in the long run.
    #[arg(long, default_value = "50", env = "GRIDWEAVE_DEVICE_RATE")]
    pub device_rate: NonZeroU32,
    /// Requests that one device may send at once.
    #[arg(long, default_value = "1000", env = "GRIDWEAVE_DEVICE_BURST")]
    pub device_burst: NonZeroU32,
    /// Requests a second without a proof of who asks that one address may send in the long run.
    #[arg(long, default_value = "50", env = "GRIDWEAVE_STRANGER_RATE")]
    pub stranger_rate: NonZeroU32,
    /// Such requests that one address may send at once.
    #[arg(long, default_value = "1000", env = "GRIDWEAVE_STRANGER_BURST")]
    pub stranger_burst: NonZeroU32,
}

impl Default for LimitArgs {
    fn default() -> LimitArgs {
        let (rate, burst) = (NonZeroU32::new(50), NonZeroU32::new(1000));
        let (rate, burst) = (rate.unwrap_or(NonZeroU32::MAX), burst.unwrap_or(NonZeroU32::MAX));
        LimitArgs { device_rate: rate, device_burst: burst, stranger_rate: rate, stranger_burst: burst }
    }
}

/// The limits at work.
#[derive(Debug)]
pub struct Limits {
    devices: Limiter<Rid>,
    strangers: Limiter<IpAddr>,
}

impl Limits {
    /// Limits with nobody counted yet.
    pub fn new(args: &LimitArgs) -> Limits {
        let devices = Rate { per_second: args.device_rate, burst: args.device_burst };
        let strangers = Rate { per_second: args.stranger_rate, burst: args.stranger_burst };
        Limits { devices: Limiter::new(devices), strangers: Limiter::new(strangers) }
    }

    /// Counts a request that this replica signed.
    pub fn device(&self, rid: Rid) -> Result<(), TooOften> {
        self.devices.ask(&rid)
    }

    /// Counts a request of somebody unknown.
    fn stranger(&self, from: IpAddr) -> Result<(), TooOften> {
        self.strangers.ask(&neighbourhood(from))
    }

    /// Forgets who did not ask for long.
    pub fn forget_idle(&self) {
        self.devices.forget_idle();
        self.strangers.forget_idle();
    }
}

impl From<TooOften> for ApiError {
    fn from(TooOften { wait_s }: TooOften) -> ApiError {
        let message =
            format!("too many requests; come again in {wait_s} seconds, with what was not answered");
        ApiError { wait_s: Some(wait_s), ..ApiError::new(429, TOO_MANY_REQUESTS, &message) }
    }
}

/// Where a request comes from; nowhere when there was no network between.
fn address(parts: &Parts) -> Option<IpAddr> {
    parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip())
}

/// For handlers that work for people and devices who have not proven who they are: counted before the work begins.
#[derive(Debug)]
pub struct Stranger(
    /// Whether this is one request too many.
    pub Result<(), TooOften>,
);

impl FromRequestParts<Arc<App>> for Stranger {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Stranger, Self::Rejection> {
        Ok(Stranger(address(parts).map_or(Ok(()), |from| app.limits.stranger(from))))
    }
}

/// Counts every answer that says that somebody did not prove who they are; beyond the limit it becomes a refusal to
/// listen for a while.
pub async fn count_unproven(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let from = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let answer = next.run(request).await;
    match from.filter(|_| answer.status() == StatusCode::UNAUTHORIZED).map(|from| app.limits.stranger(from)) {
        Some(Err(too_often)) => ApiError::from(too_often).into_response(),
        _ => answer,
    }
}
