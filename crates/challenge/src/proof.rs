//! Whether what was found proves control. Pure.

pub(crate) mod body;
pub(crate) mod certificate;
pub(crate) mod txt;

#[cfg(test)]
pub(crate) mod vectors {
    /// The token of RFC 8555 with the thumbprint of the key of RFC 7638 section 3.1.
    pub(crate) const KEY_AUTHORIZATION: &str =
        "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA.NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
}
