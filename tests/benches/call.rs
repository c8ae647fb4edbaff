//! What one small call costs over reqwest's own: CPU time, and allocations.
//!
//! `cargo bench -p bitbucket-tests --bench call`
//!
//! The allocator that counts takes some nanoseconds for each allocation, of both. `tests/tests/allocations.rs` holds the
//! number.

use std::alloc::System;

use anyhow::Result;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use support::{Allocations, Group, Work, one_call};

mod support;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const CALL: Group =
    Group { name: "call", contenders: &["bitbucket-cloud", "reqwest"], samples: 50, repeat: 2_000, keeps_heap: false };

fn main() -> Result<()> {
    support::run(&[CALL], Some(allocations), |_, contender, base| match contender {
        "reqwest" => by_hand(base),
        _ => ours(base),
    })
}

fn allocations() -> Allocations {
    let stats = ALLOCATOR.stats();
    Allocations { new: stats.allocations, grown: stats.reallocations }
}

fn ours(base: &str) -> Result<Work> {
    let (runtime, client) = (support::runtime()?, support::client(base)?);
    Ok(Box::new(move |count| {
        runtime.block_on(async {
            for _ in 0..count {
                one_call::ours(&client).await?;
            }
            Ok(())
        })
    }))
}

fn by_hand(base: &str) -> Result<Work> {
    let (runtime, http, base) = (support::runtime()?, support::reqwest_client()?, base.to_owned());
    Ok(Box::new(move |count| {
        runtime.block_on(async {
            for _ in 0..count {
                one_call::by_hand(&http, &base).await?;
            }
            Ok(())
        })
    }))
}
