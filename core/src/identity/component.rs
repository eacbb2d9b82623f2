//! City components' codes. The standards cut them differently and follow each other fast, so the layouts are data,
//! each under the standard that defines it.

use super::place::all_digits;
use super::problem::Problem;

const LAYOUTS: &str = include_str!("data/component_layouts.csv");

/// How one standard cuts a component's code; all begin with six digits of division.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ComponentLayout {
    /// The standard and its edition, as forms and dictionaries name it.
    pub standard_ref: &'static str,
    /// Digits in all.
    pub length: usize,
    /// Digits of the major class.
    pub major: usize,
    /// Digits of the minor class.
    pub minor: usize,
    /// Digits of the running number.
    pub sequence: usize,
}

/// The parts of a component's code by one layout. Slices of the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ComponentParts<'a> {
    /// County, 6 digits.
    pub division: &'a str,
    /// Major class.
    pub major: &'a str,
    /// Minor class in it.
    pub minor: &'a str,
    /// Running number in county and class.
    pub sequence: &'a str,
}

impl ComponentLayout {
    /// Cuts a canonical code; `None` if it is not the layout's number of digits.
    pub fn parts<'a>(&self, canonical: &'a str) -> Option<ComponentParts<'a>> {
        let code = all_digits(canonical, self.length).then_some(canonical)?;
        let (division, rest) = code.split_at_checked(6)?;
        let (major, rest) = rest.split_at_checked(self.major)?;
        let (minor, sequence) = rest.split_at_checked(self.minor)?;
        Some(ComponentParts { division, major, minor, sequence })
    }
}

/// All layouts known, the one to assume first where several have the same length.
pub fn component_layouts() -> Vec<ComponentLayout> {
    LAYOUTS.lines().filter_map(layout).collect()
}

/// Problems of a canonical component code, by any layout of its length.
pub(super) fn inspect(code: &str) -> Vec<Problem> {
    let mut lengths: Vec<usize> = component_layouts().iter().map(|layout| layout.length).collect();
    lengths.dedup();
    super::place::inspect_digits(code, &lengths)
}

/// One line of the table; `None` for its header and comments.
fn layout(line: &'static str) -> Option<ComponentLayout> {
    let mut cells = line.split(',');
    let standard_ref = cells.next()?;
    let mut number = || cells.next()?.parse().ok();
    let (length, major, minor, sequence) = (number()?, number()?, number()?, number()?);
    Some(ComponentLayout { standard_ref, length, major, minor, sequence })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layout_fills_its_length_and_names_its_standard() {
        let layouts = component_layouts();
        assert_eq!(layouts.len(), 4);
        for layout in layouts {
            assert_eq!(layout.length, 6 + layout.major + layout.minor + layout.sequence, "{layout:?}");
            assert!(layout.standard_ref.contains("/T "), "{layout:?}");
        }
    }

    #[test]
    fn one_code_is_cut_as_its_standard_says() {
        let layouts = component_layouts();
        let of = |name: &str| *layouts.iter().find(|layout| layout.standard_ref == name).unwrap();
        let parts = of("CJ/T 214-2007").parts("3205080101000001").unwrap();
        assert_eq!(
            (parts.division, parts.major, parts.minor, parts.sequence),
            ("320508", "01", "01", "000001")
        );
        let parts = of("GB/T 47678.5-2026").parts("32050801001000001").unwrap();
        assert_eq!((parts.major, parts.minor, parts.sequence), ("01", "001", "000001"));
        assert_eq!(of("GB/T 47678.5-2026").parts("3205080101000001"), None);
        assert_eq!(inspect("3205080101000001"), []);
        assert_eq!(inspect("32050801001000001"), []);
        assert!(!inspect("320508010100001").is_empty());
    }
}
