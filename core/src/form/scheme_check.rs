//! The identity schemes of [`crate::identity`] as a form's check, with words in both languages.

use super::identity_check::{IdentityCheck, IdentityFinding};
use super::label::Label;
use super::problem::Severity;
use crate::identity::{self, Hints, ProblemCode, Scheme};
use chrono::NaiveDate;

/// Checks codes by the schemes that `identity` knows.
#[derive(Debug, Clone, Copy)]
pub struct SchemeCheck {
    /// The day; birth dates after it are wrong.
    pub today: NaiveDate,
}

impl IdentityCheck for SchemeCheck {
    fn check(&self, scheme: &str, text: &str) -> Vec<IdentityFinding> {
        let Ok(scheme) = scheme.parse::<Scheme>() else { return Vec::new() };
        let hints = Hints { today: Some(self.today), ..Hints::default() };
        let problems = identity::check_with(scheme, text, &hints).problems;
        let finding = |problem: identity::Problem| IdentityFinding {
            severity: match problem.severity {
                identity::Severity::Warning => Severity::Warning,
                identity::Severity::Error => Severity::Error,
            },
            code: problem.code.name().to_string(),
            message: Label::new(chinese(problem.code), problem.message),
        };
        problems.into_iter().map(finding).collect()
    }
}

fn chinese(code: ProblemCode) -> &'static str {
    match code {
        ProblemCode::Empty => "没有号码",
        ProblemCode::UnknownForm => "不是已知的号码格式，请与原件核对",
        ProblemCode::Length => "位数不对，请与原件核对",
        ProblemCode::Alphabet => "含有该号码不使用的字符，请与原件核对",
        ProblemCode::Homoglyph => "含有形似字母的其他文字字符，请重新输入",
        ProblemCode::CheckDigit => "校验码不符，请逐位核对",
        ProblemCode::BirthDate => "号码中的出生日期不存在，请核对",
        ProblemCode::BirthDateFuture => "号码中的出生日期晚于今天，请核对",
        ProblemCode::BirthDateImplausible => "号码中的出生日期过早，请核对",
        ProblemCode::CenturyUnsure => "15位号码的出生世纪无法确定，请核对",
        ProblemCode::DivisionImpossible => "号码开头的行政区划不存在，请核对",
        ProblemCode::DivisionUnknown => "行政区划不在现行名录中（可能已撤销），请留意",
        ProblemCode::CountryUnknown => "国家代码不在名录中，请留意",
        ProblemCode::PrefixUnknown => "登记管理部门代码未知，请留意",
        ProblemCode::OrganisationCheck => "其中的组织机构代码校验不符，请留意",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_of_identity_come_in_both_languages() {
        let check = SchemeCheck { today: NaiveDate::from_ymd_opt(2026, 7, 1).unwrap() };
        assert!(check.check("citizen", "11010519491231002X").is_empty());
        let findings = check.check("citizen", "110105194912310021");
        assert_eq!((findings[0].code.as_str(), findings[0].severity), ("check_digit", Severity::Error));
        assert!(findings[0].message.zh.contains("校验码") && findings[0].message.en.is_ascii());
        assert!(check.check("no such scheme", "x").is_empty());
    }
}
