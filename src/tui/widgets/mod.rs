//! What screens are made of: plain values drawn on a canvas.

#[cfg(test)]
pub(crate) mod testing;
