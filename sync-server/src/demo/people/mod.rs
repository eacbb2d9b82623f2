//! The city's residents, households and organisations. All are invented: people are born from 1900 to 1910, phones
//! begin with 100, which no subscriber has, organisation codes begin with 00 in a district too young for that, and
//! every record says so in its remarks.

pub mod codes;
mod names;

use super::city::{Building, City};
use super::random::Rng;
use std::collections::BTreeSet;

/// What stands in the remarks of everybody and everything invented here.
pub const MARK: &str = "演示数据，纯属虚构";

/// A family or a flat share in one dwelling.
#[derive(Debug, Clone)]
pub struct Household {
    /// Household number, 9 digits.
    pub number: String,
    /// Shenzhen's house code, 25 digits: building 19, room 6.
    pub dwelling_code: String,
    /// Index of the building in [`City::buildings`].
    pub building: usize,
    /// Storey, from 1.
    pub floor: u32,
    /// Room, `302` for example.
    pub room: String,
    /// Address down to the room.
    pub address: String,
    /// Floor area in square metres.
    pub area_m2: u32,
    /// They rent it.
    pub rented: bool,
    /// Indexes of its members in [`People::persons`]; the first is the householder.
    pub members: std::ops::Range<usize>,
}

/// A resident.
#[derive(Debug, Clone)]
pub struct Person {
    /// Full name.
    pub name: String,
    /// 18 characters with a true check digit; unique.
    pub citizen_id: String,
    /// GB/T 2261.1: 1 male, 2 female.
    pub sex: char,
    /// Date of birth, `1905-06-07`.
    pub birth_date: String,
    /// GB/T 3304, two digits.
    pub ethnicity: &'static str,
    /// 11 digits beginning with 100.
    pub phone: String,
    /// What they do, in Chinese.
    pub occupation: &'static str,
    /// GB/T 4761, one digit: 0 householder, 1 spouse, 2 son, 3 daughter, 8 other.
    pub relation: char,
    /// Index in [`People::households`].
    pub household: usize,
    /// Not registered in the district.
    pub floating: bool,
}

/// A shop, company or other organisation.
#[derive(Debug, Clone)]
pub struct Organisation {
    /// Name, with its trade.
    pub name: String,
    /// Credit code of 18 characters with both check digits; unique.
    pub credit_code: String,
    /// GB/T 31000: 01 company, 03 sole proprietor.
    pub enterprise_type: &'static str,
    /// Index of its address in [`City::addresses`].
    pub address: usize,
    /// Index of its legal representative in [`People::persons`].
    pub legal_person: usize,
    /// 11 digits beginning with 100.
    pub phone: String,
    /// Employees.
    pub employees: u32,
}

/// Everybody.
#[derive(Debug)]
pub struct People {
    /// By building, then floor.
    pub households: Vec<Household>,
    /// By household.
    pub persons: Vec<Person>,
    /// By address.
    pub organisations: Vec<Organisation>,
}

impl People {
    /// Settles the city: some 460 households with 1,800 people, and 330 organisations. The same seed gives the same.
    pub fn invent(city: &City, seed: u64) -> People {
        let mut rng = Rng::new(seed).fork("people");
        let mut people = People { households: Vec::new(), persons: Vec::new(), organisations: Vec::new() };
        let mut taken = BTreeSet::new();
        for (index, building) in city.buildings.iter().enumerate().filter(|(_, b)| lived_in(b)) {
            let floors = building.levels.unwrap_or(4).clamp(1, 9);
            let mut rooms = BTreeSet::new();
            for _ in 0..1 + usize::from(floors > 4) {
                rooms.insert((rng.between(1, i64::from(floors)) as u32, rng.between(1, 6) as u32));
            }
            for (floor, door) in rooms {
                people.settle(&mut rng, &mut taken, (index, building), floor, door);
            }
        }
        people.found_organisations(city, &mut rng);
        people
    }

    fn settle(
        &mut self,
        rng: &mut Rng,
        taken: &mut BTreeSet<String>,
        (index, building): (usize, &Building),
        floor: u32,
        door: u32,
    ) {
        let household = self.households.len();
        let room = format!("{floor}{door:02}");
        let rented = rng.percent(45);
        let first = self.persons.len();
        for nth in 0..*rng.pick(&[2, 3, 3, 4, 4, 5, 6]) {
            let man = rng.percent(50);
            let relation = match nth {
                0 => '0',
                1 => *rng.pick(&['1', '1', '8']),
                _ if man => '2',
                _ => '3',
            };
            let (citizen_id, birth_date) = citizen(rng, taken, man);
            self.persons.push(Person {
                name: names::person(rng, man),
                citizen_id,
                sex: if man { '1' } else { '2' },
                birth_date,
                ethnicity: rng.pick::<&str>(&["01", "01", "01", "01", "01", "01", "08", "15", "11", "06"]),
                phone: phone(rng),
                occupation: rng.pick::<&str>(&OCCUPATIONS),
                relation,
                household,
                floating: rented,
            });
        }
        self.households.push(Household {
            number: format!("{:09}", 310_000_000 + household),
            dwelling_code: format!("{}{room:0>6}", building.code),
            building: index,
            floor,
            address: format!("{}{room}室", building.address),
            room,
            area_m2: rng.between(28, 140) as u32,
            rented,
            members: first..self.persons.len(),
        });
    }

    /// One organisation at half of the shops and offices that the map knows.
    fn found_organisations(&mut self, city: &City, rng: &mut Rng) {
        let mut serial = 0;
        for (address, at) in city.addresses.iter().enumerate().filter(|(_, a)| !a.use_kind.is_empty()) {
            if rng.percent(50) {
                continue;
            }
            serial += rng.between(1, 900);
            let (trade, company) = names::trade(&at.use_kind);
            self.organisations.push(Organisation {
                name: format!("坪山区{}{trade}", names::shop(rng)),
                credit_code: credit_code(if company { "91" } else { "92" }, serial),
                enterprise_type: if company { "01" } else { "03" },
                address,
                legal_person: rng.below(self.persons.len()),
                phone: phone(rng),
                employees: rng.between(1, if company { 60 } else { 8 }) as u32,
            });
        }
    }
}

/// An invented worker's name.
pub fn name(rng: &mut Rng) -> String {
    let man = rng.percent(50);
    names::person(rng, man)
}

const OCCUPATIONS: [&str; 10] =
    ["退休", "教师", "木匠", "裁缝", "厨师", "店员", "司机", "会计", "园艺工", "报务员"];

fn lived_in(building: &Building) -> bool {
    matches!(building.kind.as_str(), "yes" | "apartments" | "block" | "retail" | "commercial")
}

/// An unused number and its date of birth.
fn citizen(rng: &mut Rng, taken: &mut BTreeSet<String>, man: bool) -> (String, String) {
    const DIVISIONS: [&str; 8] =
        ["440310", "440310", "440310", "441322", "441402", "430102", "450102", "360102"];
    loop {
        let (year, month, day) = (rng.between(1900, 1910), rng.between(1, 12), rng.between(1, 28));
        // 996 to 999 marked people of a hundred and more in 15-digit numbers; odd sequences are men's.
        let sequence = rng.between(0, 496) * 2 + i64::from(man);
        let first17 = format!("{}{year}{month:02}{day:02}{sequence:03}", rng.pick(&DIVISIONS));
        let number = format!("{first17}{}", codes::citizen_check(&first17));
        if taken.insert(number.clone()) {
            return (number, format!("{year}-{month:02}-{day:02}"));
        }
    }
}

fn phone(rng: &mut Rng) -> String {
    format!("100{:08}", rng.below(100_000_000))
}

/// A credit code of Pingshan's registrar; `serial` has at most six digits.
fn credit_code(prefix: &str, serial: i64) -> String {
    let first8 = format!("00{serial:06}");
    let first17 = format!("{prefix}440310{first8}{}", codes::organisation_check(&first8));
    format!("{first17}{}", codes::credit_check(&first17))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_thousands_and_no_number_is_used_twice() {
        let city = City::load();
        let people = People::invent(&city, 1);
        assert!(
            people.persons.len() > 1_500 && people.households.len() > 350 && people.organisations.len() > 200
        );
        let ids: BTreeSet<_> = people.persons.iter().map(|p| &p.citizen_id).collect();
        assert_eq!(ids.len(), people.persons.len());
        let codes: BTreeSet<_> = people.organisations.iter().map(|o| &o.credit_code).collect();
        assert_eq!(codes.len(), people.organisations.len());
        assert!(codes.iter().all(|code| code.len() == 18));
        let dwellings: BTreeSet<_> = people.households.iter().map(|h| &h.dwelling_code).collect();
        assert_eq!(dwellings.len(), people.households.len());
        assert!(dwellings.iter().all(|code| code.len() == 25));
    }

    #[test]
    fn nobody_could_be_a_living_person() {
        let people = People::invent(&City::load(), 99);
        for person in &people.persons {
            let year: u32 = person.citizen_id[6..10].parse().unwrap();
            assert!((1900..=1910).contains(&year));
            assert_eq!(person.citizen_id[6..14], person.birth_date.replace('-', ""));
            let odd = (person.citizen_id.as_bytes()[16] - b'0') % 2 == 1;
            assert_eq!(odd, person.sex == '1');
            assert!(person.phone.starts_with("100") && person.phone.len() == 11);
        }
    }

    #[test]
    fn the_seed_decides() {
        let city = City::load();
        let names =
            |seed| People::invent(&city, seed).persons.iter().map(|p| p.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(5), names(5));
        assert_ne!(names(5), names(6));
    }
}
