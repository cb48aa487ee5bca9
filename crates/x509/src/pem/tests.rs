use super::*;

const BLOCK: &str = "-----BEGIN CERTIFICATE-----\nAAEC\n-----END CERTIFICATE-----\n";

#[test]
fn text_around_and_other_blocks_do_not_count() {
    let other = BLOCK.replace("CERTIFICATE", "PRIVATE KEY");
    let text = format!("subject: x\r\n{}\n\nnotes\n{other}", BLOCK.replace('\n', "\r\n"));
    assert_eq!(one(&text, Label::Certificate).unwrap(), [0, 1, 2]);
    assert_eq!(all(&format!("{BLOCK}{BLOCK}"), Label::Certificate).unwrap().len(), 2);
    assert_eq!(blocks(&text).unwrap()[1].label, "PRIVATE KEY");
    assert_eq!(blocks(&text).unwrap()[1].line, 8);
    assert_eq!(
        one(&BLOCK.replace("CERTIFICATE", "NEW CERTIFICATE REQUEST"), Label::Request).unwrap(),
        [0, 1, 2]
    );
    assert_eq!(one(&BLOCK.replace("CERTIFICATE", "CMS"), Label::Pkcs7).unwrap(), [0, 1, 2]);
}

#[test]
fn headers_of_old_keys_are_kept_apart() {
    let text = BLOCK.replace("AAEC", "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAEC");
    let block = &blocks(&text).unwrap()[0];
    assert_eq!(block.headers[1], ("DEK-Info".to_owned(), "AES-256-CBC,00".to_owned()));
    assert_eq!(block.der, [0, 1, 2]);
}

#[test]
fn faults_name_their_line() {
    let message = |text: &str| one(text, Label::Certificate).unwrap_err().to_string();
    assert_eq!(
        message("x\n-----BEGIN CERTIFICATE-----\nAAEC\n"),
        "line 2: `-----BEGIN CERTIFICATE-----` has no end"
    );
    assert_eq!(message(&BLOCK.replace("AAEC", "AA*C")), "line 2: not base64");
    assert_eq!(message(&BLOCK.replace("AAEC", "AAECA")), "line 1: not base64");
    assert_eq!(
        message(&BLOCK.replace("END CERTIFICATE", "END CERT")),
        "line 3: found `-----END CERT-----`, expected `-----END CERTIFICATE-----`"
    );
    assert_eq!(message(""), "no `-----BEGIN CERTIFICATE-----` block");
    assert_eq!(
        message(&BLOCK.replace("CERTIFICATE", "PRIVATE KEY")),
        "no `-----BEGIN CERTIFICATE-----` block, but PRIVATE KEY"
    );
    assert_eq!(
        message(&format!("{BLOCK}{BLOCK}")),
        "2 `-----BEGIN CERTIFICATE-----` blocks, expected one; the second begins on line 4"
    );
}

#[test]
fn counts_and_sizes_are_limited() {
    assert_eq!(blocks(&BLOCK.repeat(MAX_BLOCKS)).unwrap().len(), MAX_BLOCKS);
    assert_eq!(blocks(&BLOCK.repeat(MAX_BLOCKS + 1)), Err(PemError::TooMany { max: MAX_BLOCKS }));
    let large = " ".repeat(MAX_TEXT + 1);
    assert_eq!(blocks(&large), Err(PemError::TooLarge { octets: MAX_TEXT + 1, max: MAX_TEXT }));
}

#[test]
fn lines_have_64_characters() {
    for octets in [0, 1, 47, 48, 49, 96, 1000] {
        let der = vec![7; octets];
        let text = encode(Label::Certificate, &der);
        assert!(text.lines().all(|line| line.len() <= 64) && text.ends_with("-----\n"));
        assert_eq!(one(&text, Label::Certificate).unwrap(), der);
    }
}
