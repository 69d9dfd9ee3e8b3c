//! The native contender.

fn main() -> std::io::Result<()> {
    #[cfg(not(target_family = "wasm"))]
    wasocket_bench_rust::native()?;
    Ok(())
}
