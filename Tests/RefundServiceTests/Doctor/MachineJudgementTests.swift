import RefundPolicy
import Testing

@testable import RefundService

@Suite("The doctor's judgement of settings and machine")
struct MachineJudgementTests {
    @Test(
        "a clock is judged by how far off it is for sure",
        arguments: [
            (Int64(1_999), Int64(0), DoctorFinding.State.good), (2_000, 0, .warning), (-2_000, 0, .warning),
            (2_100, 400, .good), (299_999, 0, .warning), (300_000, 0, .wrong), (-300_000, 0, .wrong),
        ])
    func clock(ahead: Int64, roundTrip: Int64, state: DoctorFinding.State) {
        let asked = Instant(microsecondsSinceEpoch: 1_700_000_000_000_000)
        let half = roundTrip * 1_000 / 2
        let distance = ClockDistance(
            server: Instant(microsecondsSinceEpoch: asked.microsecondsSinceEpoch + half + ahead * 1_000), asked: asked,
            answered: Instant(microsecondsSinceEpoch: asked.microsecondsSinceEpoch + roundTrip * 1_000))
        #expect(distance.milliseconds == ahead)
        #expect(judgeStoreClock(distance).state == state)
    }

    @Test("an unsynchronized clock is a warning, and one that nobody knows of is not seen")
    func synchronization() {
        #expect([true, false, nil].map { judgeSynchronization($0).state } == [.good, .warning, .notSeen])
    }

    @Test("open files must suffice for the lanes")
    func limits() {
        #expect(judgeLimits(LimitReading(openFiles: 72, lanes: 1)).state == .good)
        #expect(judgeLimits(LimitReading(openFiles: 71, lanes: 1)).state == .wrong)
        #expect(judgeLimits(LimitReading(openFiles: nil, lanes: 64)).state == .good)
    }

    @Test("a policy that can't be read is wrong; time zones that are missing are a warning")
    func policy() {
        #expect(judgePolicy(.standard).state == .good)
        #expect(judgePolicy(.read(file: "p", name: "n", versions: ["v"], timeZones: ["UTC"])).state == .good)
        let failed = judgePolicy(.failed(file: "my policy.yaml", problem: "line 3"))
        #expect(failed.state == .wrong)
        #expect(failed.remedy == "mend the file, then refund-worker policy --check 'my policy.yaml'")
        #expect(judgeTimeZones(areKnown: true).state == .good)
        #expect(judgeTimeZones(areKnown: false).state == .warning)
    }

    /// Of settings as the command line gives them.
    private func complaints(_ flags: [SettingName: String]) throws -> [String] {
        let settings = try Settings.read(flags: flags, environment: [:])
        return judgeSettings(SettingsSafety(settings)).filter { $0.state == .warning }.map(\.seen)
    }

    @Test("settings that are allowed and not safe are warnings, which show no password")
    func settings() throws {
        let good: [SettingName: String] = [.storeURL: "sqlite:/var/cases.sqlite"]
        #expect(try complaints(good) == [])
        #expect(
            try complaints(
                good.merging([.amqpURL: "amqp://guest:hidden@mq1,amqps://worker:hidden@mq2?verify=verify_none"]) {
                    $1
                }) == [
                    "no TLS to mq1:5672", "verify_none for mq2:5671", "the user is guest at mq1:5672",
                ])
        #expect(try complaints([:]) == ["sqlite:refund-worker.sqlite"])
    }

    @Test(
        "words of a command are quoted where a shell would divide them",
        arguments: [
            ("refund-worker", "refund-worker"), ("/", "/"), ("", "''"), ("a b", "'a b'"), ("it's", "'it'\\''s'"),
            ("^$", "'^$'"), ("$(id)", "'$(id)'"),
        ])
    func quoting(word: String, quoted: String) {
        #expect(shellWord(word) == quoted)
    }
}
