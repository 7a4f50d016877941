import RefundPolicy
import Testing

@testable import RefundService

@Suite("The doctor's judgement of certificates")
struct CertificateJudgementTests {
    private let now = Instant(microsecondsSinceEpoch: 1_800_000_000_000_000)

    @Test(
        "one that ends within 14 days, or has ended, is a warning that says when and how to see which it is",
        arguments: [
            (Duration.seconds(14 * 86_400), DoctorFinding.State.good), (.seconds(14 * 86_400 - 1), .warning),
            (.seconds(60), .warning), (.seconds(-60), .warning), (.seconds(400 * 86_400), .good),
        ])
    func ending(left: Duration, state: DoctorFinding.State) throws {
        let finding = try #require(
            judgeCertificates("certificates", topic: .broker, endAt: now + left, address: "mq1:5671", at: now))
        #expect(finding.state == state)
        #expect(finding.seen.contains((now + left).shortText))
        #expect((finding.remedy?.contains("openssl s_client -connect mq1:5671") ?? false) == (state == .warning))
    }

    @Test("without TLS there is nothing to say")
    func none() {
        #expect(judgeCertificates("certificates", topic: .store, endAt: nil, address: "", at: now) == nil)
    }
}
