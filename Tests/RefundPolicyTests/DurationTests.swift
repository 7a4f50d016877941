import RefundPolicy
import Testing

@Suite("durations as a policy file writes them")
struct DurationTests {
    @Test(
        "are one number and one unit",
        arguments: [
            ("500ms", 500, "500ms"), ("2s", 2_000, "2s"), ("15m", 900_000, "15m"), ("12h", 43_200_000, "12h"),
            ("7d", 604_800_000, "7d"), ("0s", 0, "0s"), ("0d", 0, "0s"), ("60s", 60_000, "1m"),
            ("90m", 5_400_000, "90m"),
            ("24h", 86_400_000, "1d"), ("1000ms", 1_000, "1s"), ("1001ms", 1_001, "1001ms"),
            ("007d", 604_800_000, "7d"),
        ] as [(String, Int64, String)])
    func good(_ text: String, _ milliseconds: Int64, _ written: String) throws {
        let duration = try #require(Duration(policyText: text))
        #expect(duration == .milliseconds(milliseconds))
        #expect(duration.policyText == written)
        #expect(Duration(policyText: written) == duration)
    }

    @Test(
        "and nothing else",
        arguments: [
            "", "7", "d", "7 d", " 7d", "7d ", "-7d", "+7d", "7.5d", "1e3s", "7D", "7days", "7d12h", "7w", "7us", "7y",
            "٧d", "７d", "7d\u{301}", "99999999999999999999d", "9223372036854775807d", "106751992d", "7m s",
        ])
    func bad(_ text: String) {
        #expect(Duration(policyText: text) == nil)
    }

    @Test("reach as far as 64 bits of microseconds do")
    func largest() throws {
        let longest = try #require(Duration(policyText: "106751991d"))
        #expect(longest.policyText == "106751991d")
        #expect(Duration(policyText: "9223372036854775ms")?.policyText == "9223372036854775ms")
        #expect(Duration(policyText: "9223372036854776ms") == nil)
    }

    @Test("are written to the millisecond, towards zero")
    func fine() {
        #expect(Duration.microseconds(1_999).policyText == "1ms")
        #expect(Duration.microseconds(999).policyText == "0s")
        #expect(Duration.seconds(-90).policyText == "-90s")
    }
}
