import RefundPolicy
import Testing

@Suite("how long before a deadline its alert comes")
struct AtRiskTests {
    /// Whether a policy file may say so.
    private func isTaken(_ version: String) -> Bool {
        let text = "name: mine\nversions: [{effective_from: 2022-01-01, \(version)}]"
        return (try? Policy(yaml: text, fileName: "policy.yaml")) != nil
    }

    @Test("is never before the request, whatever the day of the week")
    func neverBefore() throws {
        let friday = "weekend: [fri]"
        for (deadline, risk, weekend, isRight) in [
            ("3d", "3bd", "", false), ("3d", "1bd", "", true), ("3d", "2bd", "", false), ("5d", "3bd", "", true),
            ("3d", "3bd", "weekend: []", true), ("3d", "3bd", friday, false), ("4d", "3bd", friday, true),
            ("1bd", "1bd", "", false), ("2bd", "1bd", "", true), ("2bd", "48h", "", true), ("2bd", "49h", "", false),
        ] {
            let version = "respond_within: \(deadline), at_risk: {response: \(risk)}, calendar: {\(weekend)}"
            #expect(isTaken(version) == isRight, "\(version)")
            guard isRight else { continue }
            let text = "name: mine\nversions: [{effective_from: 2022-01-01, \(version)}]"
            let policy = try #require(Policy(yaml: text, fileName: "policy.yaml").versions.first)
            for hour in 0..<7 * 24 {
                let submittedAt = try instant("2022-02-12T00:00:00Z") + .seconds(hour * 3_600)
                let alertAt = policy.start(
                    of: policy.atRisk.response, endingAt: policy.respondBy(submittedAt: submittedAt))
                #expect(alertAt >= submittedAt, "\(version), \(submittedAt)")
            }
        }
    }

    @Test("does not keep a case from being read whose terms a store has")
    func stored() throws {
        let text = "respond_within: 3d, at_risk: {response: 3bd}"
        let stored = "contract: 2\nname: mine\nversions: [{effective_from: 2022-01-01, \(text)}]"
        let version = try PolicyVersion(yaml: stored, fileName: "stored")
        #expect(version.atRisk.response == .businessDays(3))
        #expect(try PolicyVersion(yaml: version.yaml, fileName: "stored") == version)
    }

    @Test("that terms inherit and a later version breaks is told of the later version, and where the terms are")
    func inherited() throws {
        let text = """
            name: mine
            versions:
              - effective_from: 2022-01-01
                terms:
                  - {name: slow, when: {kind: [return]}, at_risk: {response: 2d}}
              - effective_from: 2023-01-01
                respond_within: 1d
            """
        let error = #expect(throws: PolicyError.self) { try Policy(yaml: text, fileName: "policy.yaml") }
        #expect(error?.field == "versions[1]" && error?.line == 6)
        #expect(error?.problem.contains("versions[0].terms[0].at_risk.response does not fit") == true)
    }
}
