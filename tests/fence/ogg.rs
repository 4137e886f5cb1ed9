//! An Ogg that is as long as one likes and holds nothing.

/// Seconds in which a packet of one byte is silent: two empty frames of 60 ms.
const PACKET: f64 = 0.12;
const SILENT: u8 = 25;

/// An Ogg/Opus recording of so many seconds of silence, about 18 bytes a second.
pub(crate) fn silence(seconds: u32) -> Vec<u8> {
    let head = [b"OpusHead\x01\x01\x38\x01".as_slice(), &48_000u32.to_le_bytes(), &[0, 0, 0]].concat();
    let tags = [b"OpusTags".as_slice(), &[0; 8]].concat();
    let mut file = [page(2, 0, 0, &[&head]), page(0, 0, 1, &[&tags])].concat();
    let packets = (f64::from(seconds) / PACKET) as u64;
    let (mut given, mut number) = (0, 2);
    while given < packets {
        let now = (packets - given).min(255);
        given += now;
        let last = u8::from(given == packets) * 4;
        file.extend(page(last, given * 5760, number, &vec![[SILENT].as_slice(); now as usize]));
        number += 1;
    }
    file
}

fn page(flags: u8, granule: u64, number: u32, packets: &[&[u8]]) -> Vec<u8> {
    let mut page =
        [b"OggS\0".as_slice(), &[flags], &granule.to_le_bytes(), &7u32.to_le_bytes(), &number.to_le_bytes(), &[0; 4]].concat();
    page.push(packets.len() as u8);
    page.extend(packets.iter().map(|packet| packet.len() as u8));
    page.extend(packets.iter().flat_map(|packet| packet.iter()));
    let sum = checksum(&page).to_le_bytes();
    page[22..26].copy_from_slice(&sum);
    page
}

/// The CRC of an Ogg page (RFC 3533): polynomial 0x04C11DB7, nothing reflected, from zero.
fn checksum(page: &[u8]) -> u32 {
    page.iter().fold(0u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte) << 24, |sum, _| if sum >> 31 == 1 { sum << 1 ^ 0x04C1_1DB7 } else { sum << 1 })
    })
}
