//! Which records of an answer belong to a question. Pure.

use hickory_resolver::proto::rr::{Name, RData, Record};

/// The records of `owner` and of what aliases in the answer lead to from there. Records of other names do not count, whoever
/// put them there.
pub(crate) fn of_owner<'a>(
    owner: &Name,
    answers: &'a [Record],
) -> impl Iterator<Item = &'a Record> + use<'a> {
    let mut owners = vec![owner.clone()];
    while let Some(next) = owners.last().and_then(|last| alias(last, answers)) {
        if owners.contains(&next) || owners.len() > MAX_ALIASES {
            break;
        }
        owners.push(next);
    }
    answers.iter().filter(move |record| owners.contains(&record.name))
}

fn alias(owner: &Name, answers: &[Record]) -> Option<Name> {
    answers.iter().filter(|record| record.name == *owner).find_map(|record| {
        if let RData::CNAME(target) = &record.data { Some(target.0.clone()) } else { None }
    })
}

/// More aliases in a row than any zone needs; as the resolver.
const MAX_ALIASES: usize = 8;

#[cfg(test)]
mod tests {
    use hickory_resolver::proto::rr::rdata::{CNAME, TXT};

    use super::*;

    fn name(text: &str) -> Name {
        Name::from_ascii(text).unwrap()
    }

    fn text(owner: &str) -> Record {
        Record::from_rdata(name(owner), 0, RData::TXT(TXT::new(vec![owner.to_owned()])))
    }

    fn alias(owner: &str, target: &str) -> Record {
        Record::from_rdata(name(owner), 0, RData::CNAME(CNAME(name(target))))
    }

    fn texts(answers: &[Record]) -> Vec<String> {
        let found = of_owner(&name("a.example."), answers);
        found
            .filter(|record| matches!(record.data, RData::TXT(_)))
            .map(|record| record.name.to_string())
            .collect()
    }

    #[test]
    fn records_of_other_names_do_not_count_unless_an_alias_leads_there() {
        assert_eq!(texts(&[text("A.example."), text("b.example.")]), ["A.example."]);
        let led = [alias("a.example.", "c.example."), alias("c.example.", "b.example."), text("b.example.")];
        assert_eq!(texts(&led), ["b.example."]);
        let led_elsewhere = [alias("c.example.", "b.example."), text("b.example.")];
        assert!(texts(&led_elsewhere).is_empty());
    }

    #[test]
    fn aliases_in_a_circle_or_without_end_do_end() {
        let circle = [alias("a.example.", "b.example."), alias("b.example.", "a.example.")];
        assert!(texts(&circle).is_empty());
        let hop =
            |number: usize| if number == 0 { "a.example.".to_owned() } else { format!("a{number}.example.") };
        let mut long: Vec<Record> = (0..20).map(|number| alias(&hop(number), &hop(number + 1))).collect();
        long.push(text("a20.example."));
        assert!(texts(&long).is_empty());
    }
}
