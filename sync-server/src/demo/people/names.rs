//! Names for invented people and shops, written down from general knowledge: common surnames, common characters.

use crate::demo::random::Rng;

/// Common surnames, the commonest first.
const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁\
    任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常";
/// Characters of men's given names.
const MEN: &str = "伟强磊军勇杰涛明超刚平辉鹏华飞斌波宇浩凯健俊帆旭宁龙林欢阳建峰国庆志文海东荣新祥达成康良松柏福生贵德\
    才富泉茂昌盛义信仁";
/// Characters of women's given names.
const WOMEN: &str = "芳娜敏静丽艳娟霞秀燕玲桂英萍红玉兰洁梅琳素云莲真环雪荣爱妹香月莺媛珍贞莉凤琴云莹晶妍茜秋珊莎锦青\
    倩婷姣婉娴瑾颖露瑶怡婵雁蓓";
/// Characters of shop names.
const SHOP: &str = "悦和兴隆盛昌源泰顺丰鑫福瑞祥安康宝华宏达广利永恒嘉美佳新联合众诚信德聚旺锦";

/// A full name; the commonest surnames come up far more often, as they do.
pub fn person(rng: &mut Rng, man: bool) -> String {
    let surnames: Vec<char> = letters(SURNAMES);
    let given = letters(if man { MEN } else { WOMEN });
    // The smaller of two draws favours the front of the list.
    let place = rng.below(surnames.len()).min(rng.below(surnames.len()));
    let mut name = String::from(surnames[place]);
    name.push(*rng.pick(&given));
    if rng.percent(70) {
        name.push(*rng.pick(&given));
    }
    name
}

/// Two characters that a shop goes by.
pub fn shop(rng: &mut Rng) -> String {
    let all = letters(SHOP);
    [*rng.pick(&all), *rng.pick(&all)].iter().collect()
}

/// What a place of this `shop` or `amenity` of OpenStreetMap is called, and whether a company runs it.
pub fn trade(use_kind: &str) -> (&'static str, bool) {
    match use_kind {
        "restaurant" => ("餐厅", false),
        "fast_food" => ("快餐店", false),
        "cafe" => ("咖啡馆", false),
        "pub" | "bar" | "nightclub" => ("酒馆", false),
        "clothes" => ("服装店", false),
        "shoes" => ("鞋店", false),
        "hairdresser" => ("理发店", false),
        "beauty" | "massage" => ("美容馆", false),
        "jewelry" => ("珠宝店", false),
        "optician" => ("眼镜店", false),
        "convenience" | "kiosk" => ("便利店", false),
        "gift" | "toys" => ("礼品店", false),
        "books" => ("书店", false),
        "tea" => ("茶叶店", false),
        "bicycle" => ("自行车行", false),
        "furniture" | "interior_decoration" => ("家居有限公司", true),
        "supermarket" => ("超市有限公司", true),
        "pharmacy" => ("药房有限公司", true),
        "travel_agency" => ("旅行社有限公司", true),
        "cinema" | "theatre" => ("文化传播有限公司", true),
        "bank" | "embassy" => ("商务服务有限公司", true),
        _ => ("商行", false),
    }
}

fn letters(text: &str) -> Vec<char> {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_chinese_and_have_two_or_three_characters() {
        let mut rng = Rng::new(3);
        for i in 0..500 {
            let name = person(&mut rng, i % 2 == 0);
            assert!(
                (2..=3).contains(&name.chars().count())
                    && name.chars().all(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
            );
        }
    }
}
