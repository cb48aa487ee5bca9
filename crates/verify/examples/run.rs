#![allow(clippy::all, clippy::pedantic, missing_docs, unreachable_pub, clippy::disallowed_methods)]
use hf_verify::{batch::RequestLine, explain, gate};
use std::collections::BTreeMap;
use std::io::BufRead;
fn main() {
    let file = std::env::args().nth(1).unwrap();
    let now = "2026-11-22T12:00:00Z".parse().unwrap();
    let mut scores: BTreeMap<String, [usize; 4]> = BTreeMap::new();
    let mut slow = (0.0, String::new());
    let (mut own, mut web) = (0, 0);
    for line in std::io::BufReader::new(std::fs::File::open(file).unwrap()).lines() {
        let v: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
        let r: RequestLine = serde_json::from_value(v["request"].clone()).unwrap();
        let expected = v["expected"] == "valid";
        let fam = r.id.split("::").take(2).collect::<Vec<_>>();
        let fam = if fam[0] == "bettertls" { fam.join("::") } else { fam[0].to_owned() };
        let s = scores.entry(fam).or_default();
        let t = std::time::Instant::now();
        let (got, why, agree) = match r.to_request(now) {
            Ok(q) => {
                let g = gate::accept(&q);
                let e = explain::explain(&q);
                match g.as_ref().map(|g| g.road()) {
                    Ok(gate::Road::Webpki) => web += 1,
                    Ok(gate::Road::Own) => own += 1,
                    _ => {}
                }
                (
                    Some(g.is_ok()),
                    format!(
                        "{} {:?} / {}",
                        e.summary,
                        e.codes(),
                        g.err().map(|e| e.to_string()).unwrap_or_default()
                    ),
                    Some(e.valid.unwrap()),
                )
            }
            Err(e) => (
                Some(false),
                format!("LINE {e} {:?}", std::error::Error::source(&e).map(|s| s.to_string())),
                Some(false),
            ),
        };
        let t = t.elapsed().as_secs_f64();
        if t > slow.0 {
            slow = (t, r.id.clone());
        }
        if got != agree {
            println!("DISAGREE {} gate {got:?} explain {agree:?} {why}", r.id);
        }
        if got == Some(expected) {
            s[0] += 1
        } else if expected {
            s[2] += 1;
            println!("REJECT {}: {why}", r.id)
        } else {
            s[1] += 1;
            println!("ACCEPT {}", r.id)
        }
    }
    println!("family right wrong-accept wrong-reject");
    for (f, s) in &scores {
        println!("{f:32} {:?}", s);
    }
    println!("slowest {slow:?} own {own} webpki {web}");
}
