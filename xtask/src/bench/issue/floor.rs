//! The floor: nothing but one P-256 verification and one P-256 signature per certificate.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _, UnparsedPublicKey,
};

use super::super::stopwatch::Stopwatch;

/// About as many octets as a small signing request and a certificate have.
const MESSAGE: [u8; 400] = [7; 400];

/// How many cores there are.
pub(in crate::bench) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// How many keys there are to verify with: each request has a key and a signature of its own, and a processor that sees
/// one again and again learns it by heart.
const KEYS: usize = 256;

/// A key to sign with, and public keys, as octets, with signatures to verify.
pub(in crate::bench) struct Pair {
    key: EcdsaKeyPair,
    signed: Vec<(UnparsedPublicKey<Vec<u8>>, Vec<u8>)>,
    next: Cell<usize>,
    random: SystemRandom,
}

impl Pair {
    pub(in crate::bench) fn new() -> Result<Self> {
        let random = SystemRandom::new();
        let key = || EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).ok().context("no key");
        let signed = (0..KEYS).map(|_| {
            let key = key()?;
            let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, key.public_key().as_ref().to_vec());
            let signature = key.sign(&random, &MESSAGE).ok().context("no signature")?;
            Ok((public, signature.as_ref().to_vec()))
        });
        Ok(Self { key: key()?, signed: signed.collect::<Result<_>>()?, next: Cell::new(0), random })
    }

    /// One verification and one signature.
    pub(in crate::bench) fn once(&self) -> Result<()> {
        self.verify()?;
        self.sign()
    }

    pub(in crate::bench) fn verify(&self) -> Result<()> {
        let next = self.next.replace((self.next.get() + 1) % KEYS);
        let (public, signature) = self.signed.get(next).context("no key")?;
        public.verify(&MESSAGE, signature).ok().context("the floor does not verify")
    }

    pub(in crate::bench) fn sign(&self) -> Result<()> {
        self.key.sign(&self.random, &MESSAGE).ok().context("the floor does not sign").map(|_| ())
    }
}

/// Verifications plus signatures per second, on all cores at once.
pub(in crate::bench) fn per_second(time: Duration) -> Result<f64> {
    measure(time, Pair::once)
}

/// Signatures per second, on all cores at once.
pub(in crate::bench) fn signatures_per_second(time: Duration) -> Result<f64> {
    measure(time, Pair::sign)
}

fn measure(time: Duration, what: fn(&Pair) -> Result<()>) -> Result<f64> {
    let (stop, count) = (AtomicBool::new(false), AtomicU64::new(0));
    let pairs = (0..cores()).map(|_| Pair::new()).collect::<Result<Vec<_>>>()?;
    let stopwatch = Stopwatch::start();
    std::thread::scope(|scope| -> Result<()> {
        let (stop, count) = (&stop, &count);
        let workers: Vec<_> =
            pairs.into_iter().map(|pair| scope.spawn(move || work(&pair, what, stop, count))).collect();
        std::thread::sleep(time);
        stop.store(true, Ordering::Relaxed);
        workers.into_iter().try_for_each(|worker| worker.join().ok().context("a thread of the floor fell")?)
    })?;
    let count = u32::try_from(count.into_inner()).context("too many")?;
    Ok(f64::from(count) / stopwatch.elapsed().as_secs_f64())
}

fn work(pair: &Pair, what: fn(&Pair) -> Result<()>, stop: &AtomicBool, count: &AtomicU64) -> Result<()> {
    while !stop.load(Ordering::Relaxed) {
        what(pair)?;
        count.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}
