//! Numbers as text, quickly: those of the tables have at most six decimals.

use std::io::Write as _;

/// Beyond this many millionths a number may not be exact to six decimals.
const EXACT: f64 = 9e14;

/// Writes a number as `Display` does.
pub(super) fn decimal(to: &mut Vec<u8>, number: f64) {
    // Points and weights are whole numbers and halves.
    let doubled = number + number;
    let halves = doubled as u8;
    if f64::from(halves) == doubled && number.is_sign_positive() {
        integer(to, i64::from(halves / 2));
        if halves % 2 == 1 {
            to.extend_from_slice(b".5");
        }
        return;
    }
    let scaled = number * 1e6;
    // To the nearest, without a call of `round`; where this is off by one the next line finds it.
    let millionths = (scaled + 0.5f64.copysign(scaled)) as i64;
    // The nearest number to a decimal of so few digits is found by one division, and no shorter decimal is as near.
    if scaled.abs() < EXACT && millionths as f64 / 1e6 == number && !(number == 0.0 && number.is_sign_negative()) {
        if millionths < 0 {
            to.push(b'-');
        }
        let all = millionths.unsigned_abs();
        integer(to, (all / 1_000_000) as i64);
        let mut rest = (all % 1_000_000) as u32;
        if rest > 0 {
            let mut digits = *b".000000";
            for digit in digits[1..].iter_mut().rev() {
                *digit += (rest % 10) as u8;
                rest /= 10;
            }
            let end = digits.iter().rposition(|digit| *digit != b'0').map_or(0, |last| last + 1);
            to.extend_from_slice(&digits[..end]);
        }
    } else {
        write!(to, "{number}").expect("memory takes all");
    }
}

/// Writes a whole number.
pub(super) fn integer(to: &mut Vec<u8>, number: i64) {
    if let 0..10 = number {
        to.push(b'0' + number as u8);
    } else {
        write!(to, "{number}").expect("memory takes all");
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(number: f64) -> String {
        let mut to = Vec::new();
        decimal(&mut to, number);
        String::from_utf8(to).expect("ASCII")
    }

    #[test]
    fn numbers_are_written_shortly() {
        for (number, wanted) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (4.0, "4"),
            (4.5, "4.5"),
            (-1.5, "-1.5"),
            (83.333333, "83.333333"),
            (0.000001, "0.000001"),
            (1.05, "1.05"),
            (1e-7, "0.0000001"),
            (123456789.25, "123456789.25"),
            (1e300, &1e300.to_string()),
        ] {
            assert_eq!(written(number), wanted);
        }
    }

    proptest! {
        #[test]
        fn every_number_is_written_as_display_writes_it(millionths in -4_000_000_000_000i64..4_000_000_000_000, any in any::<f64>()) {
            let rounded = millionths as f64 / 1e6;
            prop_assert_eq!(written(rounded), rounded.to_string());
            prop_assert_eq!(written(any), any.to_string());
        }
    }
}
