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

#[tokio::test]
async fn what_is_signed_verifies() {
    let key = Arc::new(PrivateKey::generate(KeyAlgorithm::EcdsaP256).unwrap());
    let bytes = bytes(key.as_ref());
    let signer = signer(2, 4, Duration::from_mins(1));
    for urgency in [Urgency::Certificate, Urgency::Status] {
        let signature = signer.sign(key.clone(), bytes.clone(), urgency).await.unwrap();
        key.public_key().verify(key.signature_algorithm(), bytes.bytes(), &signature).unwrap();
    }
    assert_eq!(signer.counts(), SignerCounts { signed: 2, failed: 0, late: 0 });
}

#[tokio::test(start_paused = true)]
async fn a_key_that_does_not_answer_is_late_and_one_nobody_called_is_busy() {
    let (key, let_go) = SlowKey::new();
    let bytes = bytes(key.as_ref());
    let signer = Arc::new(signer(1, 8, Duration::from_secs(10)));
    let first = signer.sign(key.clone(), bytes.clone(), Urgency::Certificate);
    let second = signer.sign(key.clone(), bytes.clone(), Urgency::Certificate);
    let (first, second) = tokio::join!(first, second);
    let outcomes = [first.unwrap_err(), second.unwrap_err()];
    let definite = outcomes.iter().filter(|error| error.is_definite()).count();
    assert!(definite >= 1, "at most one thread can have called the key: {outcomes:?}");
    assert_eq!(signer.counts().late, 2);
    drop(let_go);
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_makes_callers_wait_no_longer_than_their_deadline() {
    let (key, let_go) = SlowKey::new();
    let bytes = bytes(key.as_ref());
    let signer = Arc::new(signer(1, 1, Duration::from_secs(10)));
    let calls = (0..5).map(|_| {
        let (signer, key, bytes) = (signer.clone(), key.clone(), bytes.clone());
        tokio::spawn(async move { signer.sign(key, bytes, Urgency::Certificate).await })
    });
    let calls: Vec<_> = calls.collect();
    let mut busy = 0;
    for call in calls {
        busy += usize::from(matches!(call.await.unwrap(), Err(SignerError::Busy { .. })));
    }
    assert!(busy >= 4, "{busy}");
    drop(let_go);
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
    let error = signer.sign(key, bytes, Urgency::Certificate).await.unwrap_err();
    assert!(matches!(error, SignerError::Key(SignError::Sealed)));
    assert_eq!(signer.counts().failed, 1);
}
