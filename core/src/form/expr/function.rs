//! Which functions there are, by name, with how many arguments each takes.

use super::Ty;

macro_rules! functions {
    ($($(#[$doc:meta])* $name:ident = $($text:literal)|+, $min:literal $max:expr, $ty:ident;)*) => {
        /// A function of the expression language.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Function { $($(#[$doc])* $name),* }

        impl Function {
            /// The function of a name, with the least and greatest number of its arguments.
            pub(super) fn named(name: &str) -> Option<(Function, usize, usize)> {
                match name {
                    $($($text)|+ => Some((Function::$name, $min, $max)),)*
                    _ => None,
                }
            }

            /// Type of its result.
            pub(super) fn ty(self) -> Ty {
                match self { $(Function::$name => Ty::$ty),* }
            }
        }
    };
}

const MANY: usize = usize::MAX;

functions! {
    /// `true()`
    True = "true", 0 0, Bool;
    /// `false()`
    False = "false", 0 0, Bool;
    /// `not(a)`
    Not = "not", 1 1, Bool;
    /// `boolean(a)`
    Boolean = "boolean", 1 1, Bool;
    /// `if(condition, then, else)`: only one side is evaluated.
    If = "if", 3 3, Any;
    /// `coalesce(a, …)`: the first that is not empty.
    Coalesce = "coalesce", 1 MANY, Any;
    /// `once(a)`: the value it has, or `a` if it has none.
    Once = "once", 1 1, Any;
    /// `selected(answer, code)`
    Selected = "selected", 2 2, Bool;
    /// `selected-at(answer, index)`: from 0.
    SelectedAt = "selected-at", 2 2, Text;
    /// `count-selected(answer)`
    CountSelected = "count-selected", 1 1, Number;
    /// `jr:choice-name(code, '${question}')`: its label.
    ChoiceName = "jr:choice-name" | "choice-name", 2 2, Text;
    /// `count(nodes)`
    Count = "count", 1 1, Number;
    /// `count-non-empty(nodes)`
    CountNonEmpty = "count-non-empty", 1 1, Number;
    /// `sum(nodes)`: what is empty counts nothing.
    Sum = "sum", 1 1, Number;
    /// `min(a, …)`: what is empty is passed over.
    Min = "min", 1 MANY, Number;
    /// `max(a, …)`
    Max = "max", 1 MANY, Number;
    /// `position(..)`: of the repetition, from 1.
    Position = "position", 1 1, Number;
    /// `indexed-repeat(question, repeat, index)`: from 1.
    IndexedRepeat = "indexed-repeat", 3 3, Any;
    /// `string(a)`
    Text = "string", 1 1, Text;
    /// `concat(a, …)`: every node of nodes.
    Concat = "concat", 1 MANY, Text;
    /// `join(separator, a, …)`
    Join = "join", 2 MANY, Text;
    /// `string-length(a)`: in characters.
    StringLength = "string-length", 1 1, Number;
    /// `substr(a, start, end?)`: from 0, end not included, negative from the end.
    Substr = "substr", 2 3, Text;
    /// `substring(a, start, length?)`: from 1, as in XPath.
    Substring = "substring", 2 3, Text;
    /// `substring-before(a, b)`
    SubstringBefore = "substring-before", 2 2, Text;
    /// `substring-after(a, b)`
    SubstringAfter = "substring-after", 2 2, Text;
    /// `contains(a, b)`
    Contains = "contains", 2 2, Bool;
    /// `starts-with(a, b)`
    StartsWith = "starts-with", 2 2, Bool;
    /// `ends-with(a, b)`
    EndsWith = "ends-with", 2 2, Bool;
    /// `translate(a, from, to)`
    Translate = "translate", 3 3, Text;
    /// `normalize-space(a)`
    NormalizeSpace = "normalize-space", 1 1, Text;
    /// `regex(a, pattern)`: the whole of `a` must match.
    Regex = "regex", 2 2, Bool;
    /// `number(a)`
    Number = "number", 1 1, Number;
    /// `int(a)`: towards zero.
    Int = "int", 1 1, Number;
    /// `round(a, places?)`
    Round = "round", 1 2, Number;
    /// `abs(a)`
    Abs = "abs", 1 1, Number;
    /// `floor(a)`
    Floor = "floor", 1 1, Number;
    /// `ceiling(a)`
    Ceiling = "ceiling", 1 1, Number;
    /// `pow(a, b)`
    Pow = "pow", 2 2, Number;
    /// `sqrt(a)`
    Sqrt = "sqrt", 1 1, Number;
    /// `today()`
    Today = "today", 0 0, Date;
    /// `now()`
    Now = "now", 0 0, Date;
    /// `date(a)`
    Date = "date", 1 1, Date;
    /// `date-time(a)`
    DateTime = "date-time", 1 1, Date;
    /// `format-date(a, format)`
    FormatDate = "format-date" | "format-date-time", 2 2, Text;
    /// `decimal-date-time(a)`: days since 1970.
    DecimalDateTime = "decimal-date-time", 1 1, Number;
    /// `decimal-time(a)`: fraction of the day.
    DecimalTime = "decimal-time", 1 1, Number;
}

/// Functions of XLSForm that are known and not offered: they need files, randomness or a device.
pub(super) const UNSUPPORTED: [&str; 20] = [
    "pulldata",
    "instance",
    "random",
    "randomize",
    "uuid",
    "digest",
    "base64-decode",
    "extract-signed",
    "property",
    "version",
    "distance",
    "area",
    "geofence",
    "intersects",
    "weighted-checklist",
    "checklist",
    "thousandsep",
    "hash",
    "id",
    "lang",
];
