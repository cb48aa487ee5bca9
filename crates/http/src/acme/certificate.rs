//! `POST /acme/{authority}/cert/{order}` and `…/{chain}`, RFC 8555 section 7.4.2.

use super::Asked;
use super::error::Failure;
use super::reply::Reply;

pub(super) async fn answer(asked: &Asked) -> Result<Reply, Failure> {
    asked.signed.request.expect_post_as_get()?;
    let order = asked.params.id("order")?;
    let chain = match asked.params.get("chain") {
        // The usual chain has the shorter URL alone.
        Some(_) => asked.params.id::<std::num::NonZeroUsize>("chain")?.get(),
        None => 0,
    };
    let issued = asked.registration.certificate(asked.signed.account()?, &order, chain).await?;
    let urls = &asked.registration.setup().urls;
    let mut reply = Reply::pem(issued.pem);
    for other in (0..=issued.alternates).filter(|other| *other != chain) {
        let url = if other == 0 { urls.certificate(&order) } else { urls.alternate(&order, other) };
        reply = reply.link(url, "alternate");
    }
    Ok(reply)
}
