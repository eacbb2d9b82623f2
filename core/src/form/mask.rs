//! Masking for those who need not see the whole: which characters stay readable.
//!
//! It is not access control. Six and four characters of an identity number still tell the county, and with an age
//! beside them the birth date can be guessed, so the role × scope × field policy decides first.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How a text is masked. Conventions differ between offices, so every field names its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MaskRule {
    /// Shown whole.
    #[default]
    None,
    /// The first character of a name: 张*.
    Name,
    /// So many characters at the front and at the back: an identity number's 6 and 4, a phone's 3 and 4.
    Keep {
        /// Characters kept in front.
        front: u8,
        /// Characters kept at the back.
        back: u8,
    },
    /// An address down to its district.
    AddressDistrict,
    /// Nothing is shown.
    All,
}

const ID: MaskRule = MaskRule::Keep { front: 6, back: 4 };
const PHONE: MaskRule = MaskRule::Keep { front: 3, back: 4 };

/// The text with what the rule hides replaced by `*`. Never longer than the text and a few stars.
pub fn mask(rule: MaskRule, text: &str) -> String {
    let chars: Vec<char> = text.trim().chars().collect();
    if chars.is_empty() {
        return String::new();
    }
    match rule {
        MaskRule::None => text.to_string(),
        MaskRule::All => "***".to_string(),
        MaskRule::Name => keep(&chars, 1, 0, 1),
        MaskRule::Keep { front, back } => keep(&chars, front.into(), back.into(), HIDDEN_LEAST),
        MaskRule::AddressDistrict => match district_end(&chars) {
            Some(end) => chars[..end].iter().chain(&['*'; 3]).collect(),
            None => "***".to_string(),
        },
    }
}

/// So many letters and digits of a number are hidden at least: fewer could be tried one by one.
const HIDDEN_LEAST: usize = 4;

/// Keeps both ends; a text too short to hide `least` letters and digits between them is hidden whole.
fn keep(chars: &[char], front: usize, back: usize, least: usize) -> String {
    let between = front..chars.len().saturating_sub(back).max(front);
    let told = |at: &std::ops::Range<usize>| {
        chars.iter().take(at.end).skip(at.start).filter(|c| c.is_alphanumeric()).count()
    };
    let hidden = if told(&between) >= least { between } else { 0..chars.len() };
    chars.iter().enumerate().map(|(i, c)| if hidden.contains(&i) { '*' } else { *c }).collect()
}

/// Where the district's name ends: after the first 区, 县 or 旗 that is one, else after the last 市 before the street.
fn district_end(chars: &[char]) -> Option<usize> {
    // 小区, 社区, 园区, 院区 … are parts of a street address, not districts.
    let not_a_district = ['小', '社', '园', '院', '厂', '校', '住', '辖', '治'];
    let mut city = None;
    for (i, c) in chars.iter().enumerate().take(24) {
        match c {
            '区' if i >= 1 && not_a_district.contains(&chars[i - 1]) => {}
            // 自治区 is a province; the rule above passes over it.
            '区' | '县' | '旗' if i >= 1 => return Some(i + 1),
            '市' if i >= 1 && chars.get(i + 1) != Some(&'场') => city = Some(i + 1),
            '街' | '路' | '镇' | '乡' | '号' | '村' => break,
            _ => {}
        }
    }
    city
}

impl MaskRule {
    fn name(self) -> String {
        match self {
            MaskRule::None => "none".into(),
            MaskRule::Name => "name".into(),
            ID => "id_front6_last4".into(),
            PHONE => "phone_3_4".into(),
            MaskRule::Keep { front, back } => format!("keep_{front}_{back}"),
            MaskRule::AddressDistrict => "address_district".into(),
            MaskRule::All => "all".into(),
        }
    }

    fn from_name(name: &str) -> Option<MaskRule> {
        Some(match name {
            "none" => MaskRule::None,
            "name" => MaskRule::Name,
            "id_front6_last4" => ID,
            "phone_3_4" => PHONE,
            "address_district" => MaskRule::AddressDistrict,
            "all" => MaskRule::All,
            _ => {
                let (front, back) = name.strip_prefix("keep_")?.split_once('_')?;
                MaskRule::Keep { front: front.parse().ok()?, back: back.parse().ok()? }
            }
        })
    }
}

impl Serialize for MaskRule {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.name())
    }
}

impl<'de> Deserialize<'de> for MaskRule {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<MaskRule, D::Error> {
        let name = String::deserialize(from)?;
        MaskRule::from_name(&name).ok_or_else(|| serde::de::Error::custom(format!("no mask rule {name}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_hides_what_it_promises() {
        let table = [
            (MaskRule::Name, "张三丰", "张**"),
            (MaskRule::Name, "张", "*"),
            (ID, "11010519000101123X", "110105********123X"),
            (ID, "1234567890", "**********"),
            (PHONE, "13800001234", "138****1234"),
            (PHONE, "555 0100 1234", "555******1234"),
            (PHONE, "84321234", "********"),
            (PHONE, "555 0199", "********"),
            (PHONE, "", ""),
            (MaskRule::All, "x", "***"),
            (MaskRule::None, " as it is ", " as it is "),
            (MaskRule::AddressDistrict, "广东省深圳市坪山区龙田街道1号", "广东省深圳市坪山区***"),
            (MaskRule::AddressDistrict, "广西壮族自治区南宁市横县那阳镇", "广西壮族自治区南宁市横县***"),
            (MaskRule::AddressDistrict, "江苏省苏州市昆山市玉山镇", "江苏省苏州市昆山市***"),
            (MaskRule::AddressDistrict, "幸福小区3栋502", "***"),
            (MaskRule::AddressDistrict, "深圳市幸福小区3栋502", "深圳市***"),
        ];
        for (rule, text, shown) in table {
            assert_eq!(mask(rule, text), shown, "{rule:?} of {text}");
        }
    }

    #[test]
    fn rules_read_back_what_they_write() {
        for name in ["none", "name", "id_front6_last4", "phone_3_4", "keep_5_4", "address_district", "all"] {
            assert_eq!(MaskRule::from_name(name).map(MaskRule::name).as_deref(), Some(name));
        }
        assert_eq!(MaskRule::from_name("keep_5"), None);
    }
}
