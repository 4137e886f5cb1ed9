//! The panel's statistics beside their peers, and whether they recover what is known: prints tables. `cargo bench --bench panel`.
//!
//! Peers come from PyPI (`krippendorff`, `choix`, `statsmodels`) or Debian (`r-cran-lme4`), are run on the same numbers, and are
//! said to be absent where they are. `PYTHON` names the interpreter that has them.
#![allow(clippy::print_stdout)] // printing is what it is for

mod paint;
mod peers;
mod recovery;
mod screen;
mod speed;

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|one| one == name);
    if is_wanted("speed") {
        speed::run();
    }
    if is_wanted("screen") {
        screen::run();
    }
    if is_wanted("paint") {
        paint::run();
    }
    if is_wanted("recovery") {
        recovery::run();
    }
}

/// The same numbers each time.
pub(crate) struct Chance(rand_chacha::ChaCha8Rng);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        use rand_chacha::rand_core::SeedableRng as _;
        Chance(rand_chacha::ChaCha8Rng::seed_from_u64(seed))
    }

    /// From 0 to 1.
    pub(crate) fn unit(&mut self) -> f64 {
        use rand_chacha::rand_core::Rng as _;
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        ((self.unit() * n as f64) as usize).min(n - 1)
    }

    pub(crate) fn normal(&mut self) -> f64 {
        (-2.0 * (1.0 - self.unit()).ln()).sqrt() * (2.0 * std::f64::consts::PI * self.unit()).cos()
    }

    /// So many of n, each once.
    pub(crate) fn some(&mut self, so_many: usize, n: usize) -> Vec<usize> {
        let mut all: Vec<usize> = (0..n).collect();
        (0..so_many).for_each(|at| all.swap(at, at + self.below(n - at)));
        all.truncate(so_many);
        all
    }
}
