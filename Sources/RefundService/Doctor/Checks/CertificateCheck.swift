import RefundPolicy

/// How long before its end a certificate is a warning.
private let noticePeriod: Duration = .seconds(14 * 86_400)

/// Judges the certificates of a connection by the first of them that ends; `nil` where there are none.
///
/// - Parameter address: where they can be looked at.
func judgeCertificates(
    _ subject: String, topic: DoctorTopic, endAt: Instant?, address: String, at now: Instant
) -> DoctorFinding? {
    guard let endAt else { return nil }
    let seen = "the first to end does so on \(endAt.shortText) UTC, \(endAt.distance(from: now))"
    guard endAt - now < noticePeriod else { return topic.good(subject, seen) }
    return topic.warning(
        subject, seen,
        meaning: "from then on no worker connects; those that are connected go on until they have to again",
        remedy: "openssl s_client -connect \(address) -showcerts </dev/null tells which it is: have it renewed, or the "
            + "worker's own, or what signed them")
}

extension NodeReading {
    /// What there is to say of its certificates.
    func judgeCertificates(at now: Instant) -> DoctorFinding? {
        RefundService.judgeCertificates(
            "certificates of \(address)", topic: .broker, endAt: certificatesEndAt, address: address, at: now)
    }
}
