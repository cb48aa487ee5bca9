use hf_x509::ocsp::CertIdHash;

use super::*;

const THIS: Timestamp = Timestamp::MIN;

fn issuer() -> (hf_x509::distinguished_name::DistinguishedName, hf_x509::public_key::PublicKey) {
    use hf_keys::signing_key::SigningKey as _;
    let key =
        hf_keys::private_key::PrivateKey::generate(hf_core::algorithm::KeyAlgorithm::EcdsaP256).unwrap();
    (hf_x509::distinguished_name::DistinguishedName::common("CA"), key.public_key().clone())
}

struct Questions((hf_x509::distinguished_name::DistinguishedName, hf_x509::public_key::PublicKey));

impl Questions {
    fn about(&self, number: u32) -> CertId {
        CertId::of(CertIdHash::Sha1, &self.0.0, &self.0.1, &serial(number))
    }
}

fn serial(number: u32) -> Serial {
    format!("01{number:08x}").parse().unwrap()
}

fn good(id: &CertId) -> SingleResponse {
    let next_update = Some(THIS.plus(hf_core::time::Lifetime::from_seconds(800)));
    SingleResponse { certificate: id.clone(), status: CertStatus::Good, this_update: THIS, next_update }
}

fn answer(octets: usize) -> OcspAnswer {
    OcspAnswer::signed(vec![0; octets], Some((THIS, THIS.plus(hf_core::time::Lifetime::from_seconds(800)))))
}

fn keep(cache: &StatusCache, id: &CertId) -> bool {
    cache.keep(cache.mark(id), &"services".into(), good(id), Some(answer(600)))
}

#[test]
fn what_is_kept_is_found_for_its_authority_until_it_is_forgotten() {
    let (cache, ask) = (StatusCache::default(), Questions(issuer()));
    let id = ask.about(7);
    assert!(keep(&cache, &id));
    assert!(cache.answer("services", &id).is_some() && cache.single("services", &id).is_some());
    assert!(cache.answer("other", &id).is_none(), "of another authority");
    assert!(cache.answer("services", &ask.about(8)).is_none());
    cache.forget(&serial(7));
    assert!(cache.answer("services", &id).is_none() && cache.single("services", &id).is_none());
    assert_eq!(cache.size(), (0, 0, 0));
}

#[test]
fn of_all_that_is_forgotten_nothing_is_left() {
    let (cache, ask) = (StatusCache::default(), Questions(issuer()));
    for number in 0..40 {
        assert!(keep(&cache, &ask.about(number)));
    }
    let mark = cache.mark(&ask.about(7));
    cache.forget_all();
    assert_eq!(cache.size(), (0, 0, 0));
    assert!((0..40).all(|number| cache.single("services", &ask.about(number)).is_none()));
    // What was made by what held before.
    assert!(!cache.keep(mark, &"services".into(), good(&ask.about(7)), Some(answer(1))));
}

#[test]
fn what_was_read_before_a_change_is_not_kept_after_it() {
    let (cache, ask) = (StatusCache::default(), Questions(issuer()));
    let id = ask.about(7);
    let mark = cache.mark(&id);
    cache.forget(&serial(7));
    assert!(!cache.keep(mark, &"services".into(), good(&id), Some(answer(1))));
    assert!(cache.single("services", &id).is_none());
    assert!(keep(&cache, &id));
}

#[test]
fn what_is_not_on_record_is_not_kept() {
    let (cache, ask) = (StatusCache::default(), Questions(issuer()));
    let id = ask.about(7);
    let unknown = SingleResponse { status: CertStatus::Unknown, next_update: None, ..good(&id) };
    assert!(cache.keep(cache.mark(&id), &"services".into(), unknown, Some(answer(1))));
    assert_eq!(cache.size().0, 0);
}

#[test]
fn memory_is_bounded_and_what_is_asked_for_stays() {
    let (cache, ask) = (StatusCache::default(), Questions(issuer()));
    let octets = 64 * 1024;
    cache.limit(octets);
    let wanted = ask.about(0);
    assert!(keep(&cache, &wanted));
    for number in 1..2_000 {
        assert!(keep(&cache, &ask.about(number)));
        assert!(cache.answer("services", &wanted).is_some(), "after {number} others");
    }
    let (entries, held, evicted) = cache.size();
    assert!(held <= octets && entries <= 64, "{entries} entries, {held} octets");
    assert_eq!(u64::try_from(entries).unwrap() + evicted, 2_000);
    assert!(cache.answer("services", &ask.about(16)).is_none(), "nobody asked for it again");
    // However often one certificate is asked about in other words, it takes a bounded place.
    let other = |hash| CertId::of(hash, &ask.0.0, &ask.0.1, &serial(0));
    for hash in [CertIdHash::Sha1, CertIdHash::Sha256, CertIdHash::Sha384, CertIdHash::Sha512] {
        assert!(keep(&cache, &other(hash)));
    }
    let moved = Questions(issuer()).about(0);
    assert!(keep(&cache, &moved) && cache.answer("services", &other(CertIdHash::Sha1)).is_none());
}

#[test]
fn what_is_asked_for_twice_is_due_after_three_eighths_of_its_life() {
    let (cache, ask) = (StatusCache::default(), Questions(issuer()));
    let (often, once) = (ask.about(1), ask.about(2));
    assert!(keep(&cache, &often) && keep(&cache, &once));
    cache.answer("services", &once);
    for _ in 0..2 {
        cache.answer("services", &often);
    }
    let at = |seconds| THIS.plus(hf_core::time::Lifetime::from_seconds(seconds));
    assert_eq!(cache.due(at(299), 10), []);
    assert_eq!(cache.due(at(300), 10), [("services".into(), often.clone())]);
    assert_eq!(cache.due(at(300), 0), []);
    assert!(keep(&cache, &often), "signed anew");
    assert_eq!(cache.due(at(300), 10), [], "nobody asked since");
}

#[test]
fn those_who_ask_at_once_share_an_answer_but_not_across_a_change() {
    let (cache, ask) = (StatusCache::default(), Questions(issuer()));
    let id = ask.about(7);
    let (end, receiver) = watch::channel(None);
    let _first = cache.flight("services", &id, || receiver);
    let _second = cache.flight("services", &id, || panic!("one is under way"));
    cache.forget(&serial(7));
    let (_other_end, other) = watch::channel(None);
    let mut begun = false;
    let _third = cache.flight("services", &id, || {
        begun = true;
        other
    });
    assert!(begun, "what was begun before the change is not for those who ask after it");
    drop(end);
    cache.landed(&id);
    let _fourth = cache.flight("services", &id, || panic!("the later one is under way still"));
}

#[test]
fn an_answer_that_is_being_made_is_for_those_who_asked_this_authority() {
    let (cache, ask) = (StatusCache::default(), Questions(issuer()));
    let id = ask.about(7);
    let (_end, receiver) = watch::channel(None);
    let _first = cache.flight("services", &id, || receiver);
    let (_other_end, other) = watch::channel(None);
    let mut begun = false;
    // The same name and key, certified by somebody else.
    let _second = cache.flight("services-by-partner", &id, || {
        begun = true;
        other
    });
    assert!(begun);
}

#[test]
fn what_a_delegate_signed_goes_with_it_but_not_what_is_known() {
    let (cache, ask) = (StatusCache::default(), Questions(issuer()));
    let (standing, delegate) = (super::super::standing::Standing::default(), serial(99));
    cache.delegates.add("services", delegate.clone(), Timestamp::MAX, standing.clone(), THIS);
    for number in 0..40 {
        assert!(keep(&cache, &ask.about(number)));
    }
    let other = ask.about(50);
    assert!(cache.keep(cache.mark(&other), &"other".into(), good(&other), Some(answer(600))));
    let (begun, octets) = (cache.mark(&ask.about(41)), cache.size().1);
    let (_end, flight) = watch::channel(None);
    cache.flight("services", &ask.about(41), || flight);
    cache.forget(&delegate);
    assert!(standing.is_revoked());
    for number in 0..40 {
        let id = ask.about(number);
        assert!(cache.answer("services", &id).is_none() && cache.single("services", &id).is_some());
    }
    assert_eq!(cache.size(), (41, octets - 40 * 600, 0));
    assert!(cache.answer("other", &other).is_some());
    assert!(!cache.keep(begun, &"services".into(), good(&ask.about(41)), Some(answer(1))), "made before");
    let mut anew = false;
    cache.flight("services", &ask.about(41), || {
        anew = true;
        watch::channel(None).1
    });
    assert!(anew, "whoever asks now does not wait for what was begun before");
}
