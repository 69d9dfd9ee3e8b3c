//! Object identifiers with OpenSSL's names: `nid2obj`, `txt2obj`, and the words of distinguished names.

/// One object: number, short and long name, identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObjectName {
    /// OpenSSL's number, its NID.
    pub number: i32,
    /// The short name: "CN".
    pub short: &'static str,
    /// The long name: "commonName".
    pub long: &'static str,
    /// The identifier: "2.5.4.3".
    pub identifier: &'static str,
}

/// `nid2obj(number)`.
pub fn object_by_number(number: i32) -> Option<&'static ObjectName> {
    OBJECTS.iter().find(|object| object.number == number)
}

/// `txt2obj(text, name)`: by its identifier, or by a name as well.
pub fn object_by_text(text: &str, names: bool) -> Option<&'static ObjectName> {
    let named = |object: &&ObjectName| names && (object.short == text || object.long == text);
    OBJECTS.iter().find(|object| object.identifier == text || named(object))
}

/// The long name of an identifier, or the identifier itself.
pub(crate) fn long_name(identifier: &str) -> String {
    object_by_text(identifier, false).map_or_else(|| identifier.to_owned(), |object| object.long.to_owned())
}

const fn object(number: i32, short: &'static str, long: &'static str, identifier: &'static str) -> ObjectName {
    ObjectName { number, short, long, identifier }
}

const OBJECTS: &[ObjectName] = &[
    object(0, "UNDEF", "undefined", "0.0"),
    object(6, "rsaEncryption", "rsaEncryption", "1.2.840.113549.1.1.1"),
    object(13, "CN", "commonName", "2.5.4.3"),
    object(14, "C", "countryName", "2.5.4.6"),
    object(15, "L", "localityName", "2.5.4.7"),
    object(16, "ST", "stateOrProvinceName", "2.5.4.8"),
    object(17, "O", "organizationName", "2.5.4.10"),
    object(18, "OU", "organizationalUnitName", "2.5.4.11"),
    object(48, "emailAddress", "emailAddress", "1.2.840.113549.1.9.1"),
    object(49, "unstructuredName", "unstructuredName", "1.2.840.113549.1.9.2"),
    object(82, "subjectKeyIdentifier", "X509v3 Subject Key Identifier", "2.5.29.14"),
    object(83, "keyUsage", "X509v3 Key Usage", "2.5.29.15"),
    object(85, "subjectAltName", "X509v3 Subject Alternative Name", "2.5.29.17"),
    object(86, "issuerAltName", "X509v3 Issuer Alternative Name", "2.5.29.18"),
    object(87, "basicConstraints", "X509v3 Basic Constraints", "2.5.29.19"),
    object(90, "authorityKeyIdentifier", "X509v3 Authority Key Identifier", "2.5.29.35"),
    object(99, "GN", "givenName", "2.5.4.42"),
    object(100, "SN", "surname", "2.5.4.4"),
    object(101, "initials", "initials", "2.5.4.43"),
    object(103, "crlDistributionPoints", "X509v3 CRL Distribution Points", "2.5.29.31"),
    object(105, "serialNumber", "serialNumber", "2.5.4.5"),
    object(106, "title", "title", "2.5.4.12"),
    object(107, "description", "description", "2.5.4.13"),
    object(126, "extendedKeyUsage", "X509v3 Extended Key Usage", "2.5.29.37"),
    object(129, "serverAuth", "TLS Web Server Authentication", "1.3.6.1.5.5.7.3.1"),
    object(130, "clientAuth", "TLS Web Client Authentication", "1.3.6.1.5.5.7.3.2"),
    object(131, "codeSigning", "Code Signing", "1.3.6.1.5.5.7.3.3"),
    object(132, "emailProtection", "E-mail Protection", "1.3.6.1.5.5.7.3.4"),
    object(133, "timeStamping", "Time Stamping", "1.3.6.1.5.5.7.3.8"),
    object(173, "name", "name", "2.5.4.41"),
    object(174, "dnQualifier", "dnQualifier", "2.5.4.46"),
    object(177, "authorityInfoAccess", "Authority Information Access", "1.3.6.1.5.5.7.1.1"),
    object(178, "OCSP", "OCSP", "1.3.6.1.5.5.7.48.1"),
    object(179, "caIssuers", "CA Issuers", "1.3.6.1.5.5.7.48.2"),
    object(180, "OCSPSigning", "OCSP Signing", "1.3.6.1.5.5.7.3.9"),
    object(391, "DC", "domainComponent", "0.9.2342.19200300.100.1.25"),
    object(408, "id-ecPublicKey", "id-ecPublicKey", "1.2.840.10045.2.1"),
    object(415, "prime256v1", "prime256v1", "1.2.840.10045.3.1.7"),
    object(458, "UID", "userId", "0.9.2342.19200300.100.1.1"),
    object(509, "generationQualifier", "generationQualifier", "2.5.4.44"),
    object(510, "pseudonym", "pseudonym", "2.5.4.65"),
    object(660, "street", "streetAddress", "2.5.4.9"),
    object(661, "postalCode", "postalCode", "2.5.4.17"),
    object(666, "noRevAvail", "X509v3 No Revocation Available", "2.5.29.56"),
    object(715, "secp384r1", "secp384r1", "1.3.132.0.34"),
    object(716, "secp521r1", "secp521r1", "1.3.132.0.35"),
    object(860, "businessCategory", "businessCategory", "2.5.4.15"),
    object(955, "jurisdictionL", "jurisdictionLocalityName", "1.3.6.1.4.1.311.60.2.1.1"),
    object(956, "jurisdictionST", "jurisdictionStateOrProvinceName", "1.3.6.1.4.1.311.60.2.1.2"),
    object(957, "jurisdictionC", "jurisdictionCountryName", "1.3.6.1.4.1.311.60.2.1.3"),
    object(1087, "ED25519", "ED25519", "1.3.101.112"),
    object(1089, "organizationIdentifier", "organizationIdentifier", "2.5.4.97"),
];
