//! How large what would come is, where the source does not say it: its hosts are asked, and nothing of the files is taken.

use futures_util::{StreamExt as _, stream};

use super::remote::Located;
use super::resolver::Resolver;
use super::{FetchError, Fetcher};
use crate::library::Awaited;

/// Files whose hosts are asked, the first ones first.
const MOST: usize = 200;

impl Fetcher<'_> {
    /// Asks for the lengths that are not known, as the transfer would ask for the files; what no host tells stays unknown.
    pub(super) async fn ask_lengths(&self, files: &mut [Awaited]) -> Result<(), FetchError> {
        let nameless: Vec<Awaited> = files.iter().filter(|file| file.bytes.is_none()).take(MOST).cloned().collect();
        let resolver = &Resolver::new(self.remote, &nameless);
        let asked = stream::iter(0..nameless.len()).map(|place| async move { self.length(resolver, place).await });
        let lengths: Vec<Option<u64>> = self.unless_ended(asked.buffered(self.at_once.max(1)).collect()).await?;
        for (file, length) in files.iter_mut().filter(|file| file.bytes.is_none()).zip(lengths) {
            file.bytes = length;
        }
        Ok(())
    }

    async fn length(&self, resolver: &Resolver<'_>, place: usize) -> Option<u64> {
        match resolver.address(place).await.ok()?.0 {
            Located::At(address) => self.media.length(&address).await.ok()?,
            Located::Here(bytes) => Some(bytes.len() as u64),
            Located::NotYet | Located::Nowhere => None,
        }
    }
}
