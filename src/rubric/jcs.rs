//! Canonical JSON as RFC 8785 describes it: one text for one value, so that it can be hashed.

use serde_json::Value;

/// The canonical text of a value: no white space, keys in the order of their UTF-16 units, numbers as ECMAScript writes them.
///
/// Numbers are doubles there, so whole numbers beyond 2^53 lose digits: put such figures into texts.
pub fn canonical_json(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => out.push_str(&ecmascript(number.as_f64().unwrap_or(0.0))),
        // Its escapes are those of the RFC: short forms, else lower-case \u00xx, and nothing above U+001F.
        Value::String(text) => out.push_str(&Value::from(text.as_str()).to_string()),
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                separate(i, out);
                write(item, out);
            }
            out.push(']');
        }
        Value::Object(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            entries.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            out.push('{');
            for (i, (key, item)) in entries.into_iter().enumerate() {
                separate(i, out);
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                write(item, out);
            }
            out.push('}');
        }
    }
}

fn separate(i: usize, out: &mut String) {
    if i > 0 {
        out.push(',');
    }
}

/// A number as ECMAScript's `Number::toString` writes it (ECMA-262, 6.1.6.1.20).
fn ecmascript(number: f64) -> String {
    if number == 0.0 || !number.is_finite() {
        return "0".into();
    }
    // Rust's `{:e}` gives the shortest digits that read back as the number, as ECMAScript wants them but for ties.
    let (digits, exponent) = digits_of(&format!("{:e}", number.abs()));
    let digits = even_at_a_tie(number.abs(), digits);
    let point = exponent + 1;
    let count = digits.len() as i32;
    let zeros = |n: i32| "0".repeat(usize::try_from(n).unwrap_or(0));
    let text = if count <= point && point <= 21 {
        format!("{digits}{}", zeros(point - count))
    } else if 0 < point && point <= 21 {
        let (whole, rest) = digits.split_at(point as usize);
        format!("{whole}.{rest}")
    } else if -6 < point && point <= 0 {
        format!("0.{}{digits}", zeros(-point))
    } else {
        let (first, rest) = digits.split_at(1);
        let rest = if rest.is_empty() { String::new() } else { format!(".{rest}") };
        format!("{first}{rest}e{:+}", point - 1)
    };
    if number < 0.0 { format!("-{text}") } else { text }
}

/// The digits and the exponent of a number that `{:e}` wrote.
fn digits_of(scientific: &str) -> (String, i32) {
    let (mantissa, exponent) = scientific.split_once('e').expect("`{:e}` writes an exponent");
    (mantissa.replace('.', ""), exponent.parse().expect("an exponent is a whole number"))
}

/// Where two texts of the same length are equally near, ECMAScript takes the even one.
fn even_at_a_tie(number: f64, digits: String) -> String {
    // The longest exact decimal of a double has 767 digits.
    let (exact, _) = digits_of(&format!("{number:.770e}"));
    let (kept, rest) = exact.split_at(digits.len());
    let is_tie = rest.trim_end_matches('0') == "5";
    let is_even = kept.bytes().last().is_some_and(|digit| digit % 2 == 0);
    if is_tie && is_even { kept.to_owned() } else { digits }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(json: &str, canonical: &str) {
        let value: Value = serde_json::from_str(json).expect("the test's JSON is valid");
        assert_eq!(canonical_json(&value), canonical);
    }

    /// RFC 8785, appendix B: the bits of a double, and its text.
    #[test]
    fn numbers_are_written_as_the_appendix_says() {
        let rows: &[(u64, &str)] = &[
            (0x0000_0000_0000_0000, "0"),
            (0x8000_0000_0000_0000, "0"),
            (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"),
            (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"),
            (0xc340_0000_0000_0000, "-9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
            (0x44b5_2d02_c7e1_4af6, "1e+23"),
            (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
            (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
            (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
            (0x444b_1ae4_d6e2_ef50, "1e+21"),
            (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
            (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
            (0x41b3_de43_5555_5553, "333333333.3333332"),
            (0x41b3_de43_5555_5554, "333333333.33333325"),
            (0x41b3_de43_5555_5555, "333333333.3333333"),
            (0x41b3_de43_5555_5556, "333333333.3333334"),
            (0x41b3_de43_5555_5557, "333333333.33333343"),
            (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
            (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
        ];
        for (bits, text) in rows {
            assert_eq!(ecmascript(f64::from_bits(*bits)), *text, "{bits:#x}");
        }
    }

    /// RFC 8785, section 3.2.2.
    #[test]
    #[expect(clippy::excessive_precision, reason = "the RFC's sample has it")]
    fn the_sample_of_the_rfc_comes_out_as_there() {
        let value = json!({
            "numbers": [333333333.33333329_f64, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
            "string": "\u{20ac}$\u{000F}\u{000a}A'\u{0042}\u{0022}\u{005c}\\\"/",
            "literals": [null, true, false],
        });
        assert_eq!(
            canonical_json(&value),
            "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\
             \"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}"
        );
    }

    /// RFC 8785, section 3.2.3: an emoji's surrogates sort before U+FB33.
    #[test]
    fn keys_are_sorted_by_their_utf_16_units() {
        check(
            r#"{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",
                "\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}"#,
            "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\",\"ö\":\"Latin Small Letter O With Diaeresis\",\
             \"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\u{fb33}\":\"Hebrew Letter Dalet With Dagesh\"}",
        );
    }

    proptest::proptest! {
        #[test]
        fn a_canonical_number_reads_back_as_itself(number in proptest::num::f64::NORMAL) {
            proptest::prop_assert_eq!(ecmascript(number).parse::<f64>().ok(), Some(number));
        }
    }
}
