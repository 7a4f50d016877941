import RefundPolicy
import Testing

@Suite("a policy and its versions")
struct PolicyTests {
    private func policy(_ dates: [String]) throws -> Policy? {
        Policy(
            name: "standard",
            versions: try dates.map { date in
                var version = PolicyVersion.standard
                version.effectiveFrom = try day(date)
                return version
            })
    }

    @Test(
        "the version in force on the invoice's date applies, the first to older invoices",
        arguments: [
            ("2000-01-01", "2022-02-12"), ("2022-02-11", "2022-02-12"), ("2022-02-12", "2022-02-12"),
            ("2022-12-31", "2022-02-12"), ("2023-01-01", "2023-01-01"), ("2024-05-31", "2023-01-01"),
            ("2024-06-01", "2024-06-01"), ("2099-01-01", "2024-06-01"),
        ])
    func inForce(_ issuedOn: String, _ version: String) throws {
        let policy = try #require(try policy(["2022-02-12", "2023-01-01", "2024-06-01"]))
        #expect(policy.version(forInvoiceIssuedOn: try day(issuedOn)).version == version)
    }

    @Test("versions are at least one, and in order")
    func order() throws {
        #expect(try policy([]) == nil)
        #expect(try policy(["2022-02-12", "2022-02-12"]) == nil)
        #expect(try policy(["2022-02-12", "2022-02-11"]) == nil)
        #expect(try policy(["2022-02-12"]) != nil)
    }

    @Test("the standard one is the contract's example with nothing excluded, no limit and no holidays")
    func standard() throws {
        var example = try examplePolicy()
        example.terms = []
        example.reviewAbove = nil
        example.calendar = BusinessCalendar()
        #expect(Policy.standard.versions == [example])
        #expect(Policy.standard.name == "standard")
    }

    @Test("a deadline in business days skips weekends and holidays, and ends at the hour of the submission")
    func businessDeadlines() throws {
        var policy = PolicyVersion.standard
        policy.respondWithin = .businessDays(3)
        policy.calendar = BusinessCalendar(holidays: [try day("2022-02-22")])
        // A Friday evening in Berlin, where it is Friday still.
        policy.timeZone = try #require(PolicyTimeZone(identifier: "Europe/Berlin"))
        let submitted = try instant("2022-02-18T22:30:00Z")
        #expect(policy.respondBy(submittedAt: submitted).description == "2022-02-24T22:30:00Z")
        #expect(Period(policyText: "3bd") == .businessDays(3) && Period.businessDays(3).policyText == "3bd")
        #expect(Period(policyText: "12h") == .time(.seconds(43_200)))
        for wrong in ["bd", "0bd", "-1bd", "3 bd", "3651bd", "3BD", "1.5bd", ""] {
            #expect(Period(policyText: wrong) == nil, "\(wrong)")
        }
    }

    @Test("deadlines are counted in hours from the submission")
    func deadlines() throws {
        let submitted = try instant("2022-02-22T09:30:00Z")
        #expect(PolicyVersion.standard.respondBy(submittedAt: submitted).description == "2022-02-25T09:30:00Z")
        #expect(PolicyVersion.standard.refundBy(submittedAt: submitted).description == "2022-03-08T09:30:00Z")
    }
}
