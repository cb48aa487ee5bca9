use std::sync::atomic::AtomicUsize;
use std::sync::mpsc;

use hf_core::algorithm::KeyAlgorithm;
use hf_core::name::SanSet;
use hf_keys::private_key::PrivateKey;
use hf_x509::csr::CsrTemplate;
use hf_x509::distinguished_name::DistinguishedName;
use hf_x509::public_key::PublicKey;

use super::*;

/// A key that signs only after it was let go, and counts.
struct SlowKey {
    inner: PrivateKey,
    go: std::sync::Mutex<mpsc::Receiver<()>>,
    signed: AtomicUsize,
}

impl SlowKey {
    fn new() -> (Arc<Self>, mpsc::Sender<()>) {
        let (let_go, go) = mpsc::channel();
        let inner = PrivateKey::generate(KeyAlgorithm::EcdsaP256).unwrap();
        (Arc::new(Self { inner, go: go.into(), signed: AtomicUsize::new(0) }), let_go)
    }
}

impl SigningKey for SlowKey {
    fn public_key(&self) -> &PublicKey {
        self.inner.public_key()
    }

    fn key_algorithm(&self) -> KeyAlgorithm {
        self.inner.key_algorithm()
    }

    fn sign(&self, message: &ToBeSigned) -> Result<Signature, SignError> {
        let _ = self.go.lock().unwrap().recv();
        self.signed.fetch_add(1, Ordering::SeqCst);
        self.inner.sign(message)
    }
}

fn bytes(key: &dyn SigningKey) -> Arc<ToBeSigned> {
    let template = CsrTemplate { subject: DistinguishedName::common("test"), names: SanSet::new() };
    Arc::new(template.finalize(key.public_key(), key.signature_algorithm()).unwrap())
}

fn signer(threads: usize, queue: usize, deadline: Duration) -> Signer {
    let (threads, queue) = (NonZeroUsize::new(threads).unwrap(), NonZeroUsize::new(queue).unwrap());
    Signer::start(SignerSettings { threads, queue, deadline }).unwrap()
}

fn lane(user: &str) -> Lane {
    Lane::of(&hf_core::principal::Principal::Operator { user: user.to_owned() })
}

#[tokio::test]
async fn what_is_signed_verifies() {
    let key = Arc::new(PrivateKey::generate(KeyAlgorithm::EcdsaP256).unwrap());
    let bytes = bytes(key.as_ref());
    let signer = signer(2, 4, Duration::from_mins(1));
    for place in [signer.place_for(lane("a")).unwrap(), signer.place_for_status().unwrap()] {
        let signature = signer.sign(key.clone(), bytes.clone(), place).await.unwrap();
        key.public_key().verify(key.signature_algorithm(), bytes.bytes(), &signature).unwrap();
    }
    let counts = signer.counts();
    assert_eq!((counts.signed, counts.failed, counts.late, counts.overloaded), (2, 0, 0, 0));
    assert_eq!(signer.latency().count, 2);
}

#[tokio::test(start_paused = true)]
async fn a_key_that_does_not_answer_is_late_and_one_nobody_called_is_busy() {
    let (key, let_go) = SlowKey::new();
    let bytes = bytes(key.as_ref());
    let signer = Arc::new(signer(1, 8, Duration::from_secs(10)));
    let place = || signer.place_for(lane("a")).unwrap();
    let first = signer.sign(key.clone(), bytes.clone(), place());
    let second = signer.sign(key.clone(), bytes.clone(), place());
    let (first, second) = tokio::join!(first, second);
    let outcomes = [first.unwrap_err(), second.unwrap_err()];
    let definite = outcomes.iter().filter(|error| error.is_definite()).count();
    assert!(definite >= 1, "at most one thread can have called the key: {outcomes:?}");
    assert_eq!(signer.counts().late, 2);
    drop(let_go);
}

/// Whose bytes were signed, in the order of signing.
struct Recording {
    inner: SlowKey,
    order: std::sync::Mutex<Vec<usize>>,
}

impl SigningKey for Recording {
    fn public_key(&self) -> &PublicKey {
        self.inner.public_key()
    }

    fn key_algorithm(&self) -> KeyAlgorithm {
        self.inner.key_algorithm()
    }

    fn sign(&self, message: &ToBeSigned) -> Result<Signature, SignError> {
        let signature = self.inner.sign(message);
        self.order.lock().unwrap().push(message.bytes().len());
        signature
    }
}

/// One requester has four certificates waiting, another one comes last with a single one, and a CRL after that.
#[tokio::test]
async fn requesters_take_turns_and_status_goes_first() {
    let (let_go, go) = mpsc::channel();
    let inner = SlowKey {
        inner: PrivateKey::generate(KeyAlgorithm::EcdsaP256).unwrap(),
        go: go.into(),
        signed: AtomicUsize::new(0),
    };
    let key = Arc::new(Recording { inner, order: std::sync::Mutex::default() });
    let named = |name: &str| {
        let template = CsrTemplate { subject: DistinguishedName::common(name), names: SanSet::new() };
        Arc::new(template.finalize(key.public_key(), key.signature_algorithm()).unwrap())
    };
    let (of_many, of_one, of_status) = (named("many"), named("the other one"), named("revocation status"));
    let signer = Arc::new(signer(1, 16, Duration::from_mins(10)));
    let mut calls = Vec::new();
    let mut call = |bytes: &Arc<ToBeSigned>, place| {
        let (signer, key, bytes) = (signer.clone(), key.clone(), bytes.clone());
        calls.push(tokio::spawn(async move { signer.sign(key, bytes, place).await }));
    };
    for _ in 0..4 {
        call(&of_many, signer.place_for(lane("many")).unwrap());
    }
    call(&of_one, signer.place_for(lane("one")).unwrap());
    call(&of_status, signer.place_for_status().unwrap());
    // Every call is in the queue, and the only thread waits inside the key with the first of them.
    tokio::task::yield_now().await;
    for _ in 0..6 {
        let_go.send(()).unwrap();
    }
    for call in calls {
        call.await.unwrap().unwrap();
    }
    let order = key.order.lock().unwrap().clone();
    let place =
        |bytes: &Arc<ToBeSigned>| order.iter().position(|length| *length == bytes.bytes().len()).unwrap();
    assert!(place(&of_status) <= 1, "{order:?}");
    assert!(place(&of_one) <= 3, "{order:?}");
    assert_eq!(order.len(), 6);
}

#[tokio::test(start_paused = true)]
async fn who_finds_no_place_is_told_when_to_come_back() {
    let (key, let_go) = SlowKey::new();
    let bytes = bytes(key.as_ref());
    let signer = Arc::new(signer(1, 4, Duration::from_secs(10)));
    let calls: Vec<_> = (0..2)
        .map(|_| {
            let place = signer.place_for(lane("greedy")).unwrap();
            let (signer, key, bytes) = (signer.clone(), key.clone(), bytes.clone());
            tokio::spawn(async move { signer.sign(key, bytes, place).await })
        })
        .collect();
    let refused = signer.place_for(lane("greedy")).unwrap_err();
    assert!((1..=10).contains(&refused.retry_after.as_secs()), "{refused}");
    assert!(signer.place_for(lane("modest")).is_ok(), "others are not turned away");
    assert!(signer.place_for_status().is_ok(), "nor is status");
    assert_eq!(signer.counts().overloaded, 1);
    for call in calls {
        assert!(call.await.unwrap().is_err(), "the key never answers");
    }
    assert_eq!(signer.counts().late, 2);
    drop(let_go);
}

/// A caller that leaves does not make room: its work still waits.
#[tokio::test]
async fn places_are_held_by_what_waits_and_not_by_who_asks() {
    let (key, let_go) = SlowKey::new();
    let bytes = bytes(key.as_ref());
    let signer = Arc::new(signer(1, 4, Duration::from_mins(10)));
    for _ in 0..2 {
        let place = signer.place_for(lane("leaver")).unwrap();
        let call = {
            let (signer, key, bytes) = (signer.clone(), key.clone(), bytes.clone());
            tokio::spawn(async move { signer.sign(key, bytes, place).await })
        };
        tokio::task::yield_now().await;
        call.abort();
        assert!(call.await.unwrap_err().is_cancelled());
    }
    assert!(signer.place_for(lane("leaver")).is_err());
    for _ in 0..2 {
        let_go.send(()).unwrap();
    }
    drop(let_go);
    let last = signer.place_for(lane("other")).unwrap();
    signer.sign(key, bytes, last).await.unwrap();
    assert!(signer.place_for(lane("leaver")).is_ok(), "what was before it in the queue is done");
}

/// The only thread waits inside another key for ever.
#[tokio::test]
async fn a_key_that_signs_at_once_waits_for_no_thread_and_gives_its_place_back() {
    let (slow, let_go) = SlowKey::new();
    let quick = Arc::new(PrivateKey::generate(KeyAlgorithm::EcdsaP256).unwrap());
    let bytes = bytes(quick.as_ref());
    let signer = Arc::new(signer(1, 4, Duration::from_mins(10)));
    let stuck = {
        let (signer, bytes, place) = (signer.clone(), bytes.clone(), signer.place_for(lane("a")).unwrap());
        tokio::spawn(async move { signer.sign(slow, bytes, place).await })
    };
    tokio::task::yield_now().await;
    for _ in 0..8 {
        let place = signer.place_for(lane("b")).unwrap();
        let signature = signer.sign(quick.clone(), bytes.clone(), place).await.unwrap();
        quick.public_key().verify(quick.signature_algorithm(), bytes.bytes(), &signature).unwrap();
    }
    assert_eq!((signer.counts().signed, signer.counts().held), (8, 1));
    drop(let_go);
    stuck.abort();
}

#[test]
fn keys_that_take_long_do_not_sign_at_once() {
    for algorithm in [KeyAlgorithm::EcdsaP384, KeyAlgorithm::EcdsaP521, KeyAlgorithm::Rsa2048] {
        assert!(!PrivateKey::generate(algorithm).unwrap().signs_at_once(), "{algorithm}");
    }
}

#[tokio::test]
async fn an_error_of_the_key_comes_through() {
    struct Sealed(PrivateKey);
    impl SigningKey for Sealed {
        fn public_key(&self) -> &PublicKey {
            self.0.public_key()
        }
        fn key_algorithm(&self) -> KeyAlgorithm {
            self.0.key_algorithm()
        }
        fn sign(&self, _: &ToBeSigned) -> Result<Signature, SignError> {
            Err(SignError::Sealed)
        }
    }
    let key = Arc::new(Sealed(PrivateKey::generate(KeyAlgorithm::EcdsaP256).unwrap()));
    let bytes = bytes(key.as_ref());
    let signer = signer(1, 1, Duration::from_mins(1));
    let error = signer.sign(key, bytes, signer.place_for(lane("a")).unwrap()).await.unwrap_err();
    assert!(matches!(error, SignerError::Key(SignError::Sealed)));
    assert_eq!(signer.counts().failed, 1);
}
