//! Which answers may be alike as wholes: MinHash signatures, cut into bands.

use super::Text;

/// A band is the same for a pair of likeness s with s to the power of this.
const ROWS: usize = 3;
/// With so many bands, a pair of likeness 0.45 is missed once in 56, one of 0.55 once in 2,100.
const BANDS: usize = 42;
/// In a larger bucket each is paired with its neighbours alone: a script that hundreds read still comes out as one chain.
const CROWD: usize = 40;

/// Pairs of places whose signatures have a band in common.
pub(super) fn candidates(texts: &[Text]) -> Vec<(u32, u32)> {
    let long: Vec<u32> = (0..texts.len() as u32).filter(|nth| texts[*nth as usize].is_long_enough()).collect();
    let signatures: Vec<[u32; ROWS * BANDS]> = long.iter().map(|nth| signature(&texts[*nth as usize].shingles)).collect();
    let mut found = Vec::new();
    for band in 0..BANDS {
        let mut rows: Vec<([u32; ROWS], u32)> = signatures
            .iter()
            .zip(&long)
            .map(|(signature, nth)| (std::array::from_fn(|row| signature[band * ROWS + row]), *nth))
            .collect();
        rows.sort_unstable();
        for bucket in rows.chunk_by(|a, b| a.0 == b.0).filter(|bucket| bucket.len() > 1) {
            let places: Vec<u32> = bucket.iter().map(|(_, nth)| *nth).collect();
            found.extend(paired(&places));
        }
        // What bands have in common is kept once, so that many alike do not pile up.
        if found.len() > 4 * texts.len() {
            found.sort_unstable();
            found.dedup();
        }
    }
    found
}

/// All pairs of a few places; of a crowd, neighbours.
pub(super) fn paired(places: &[u32]) -> Vec<(u32, u32)> {
    let reach = if places.len() > CROWD { 1 } else { places.len() };
    let with = |(nth, first): (usize, &u32)| {
        let first = *first;
        places[nth + 1..].iter().take(reach).map(move |second| (first, *second)).collect::<Vec<_>>()
    };
    places.iter().enumerate().flat_map(with).collect()
}

/// The least value of each of so many hash functions over all shingles.
fn signature(shingles: &[u32]) -> [u32; ROWS * BANDS] {
    let mut least = [u32::MAX; ROWS * BANDS];
    for shingle in shingles {
        let mut seed = 0x2545_f491_4f6c_dd1d_u64;
        for least in &mut least {
            // A multiply-shift hash whose odd factor is another for each place (Dietzfelbinger et al. 1997).
            seed = seed.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            let value = ((u64::from(*shingle) + 1).wrapping_mul(seed | 1) >> 32) as u32;
            *least = (*least).min(value);
        }
    }
    least
}
