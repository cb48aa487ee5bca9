//! Both formats in both directions with the real `openssl` and `keytool`, which the test command installs.

mod hostile;
mod jks;
mod pkcs12;
mod support;
