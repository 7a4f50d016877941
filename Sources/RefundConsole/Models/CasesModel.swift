internal import RefundCase
internal import RefundPolicy
internal import RefundWorker

/// A page of cases.
struct CasesModel: Sendable {
    var query: CasesQuery
    var cases: [ListedCase]
    /// Where it goes on, if it does.
    var next: CasesQuery?
    /// How many cases were looked at for these, where a condition needed each to be read.
    var lookedAt: Int?
    /// How far the search goes, where an identifier was asked for.
    var search: Indexing.Progress?
    /// A case of that id whose history is in an archive's file.
    var archived: ArchivedCase?

    /// How many cases a page reads at most in search of a reason.
    static let mostLookedAt = 1_000
}

extension CaseSurvey {
    /// The next page of cases that a query means, by its filter.
    func page(_ query: CasesQuery, at now: Instant) throws -> CasesModel {
        guard query.reason != nil else {
            let cases = try cases(matching: query.filter(at: now, limit: CasesQuery.pageSize + 1))
            let shown = Array(cases.prefix(CasesQuery.pageSize))
            let next = cases.count > shown.count ? shown.last.map(query.following) : nil
            return CasesModel(query: query, cases: shown, next: next)
        }
        var found: [ListedCase] = []
        var place: CasesQuery? = query
        var lookedAt = 0
        while let current = place, found.count < CasesQuery.pageSize, lookedAt < CasesModel.mostLookedAt {
            let batch = try cases(matching: current.filter(at: now, limit: 500))
            place = batch.count == 500 ? batch.last.map(current.following) : nil
            for listed in batch where found.count < CasesQuery.pageSize {
                lookedAt += 1
                guard query.matches(listed.refundCase) else { continue }
                found.append(listed)
                if found.count == CasesQuery.pageSize { place = query.following(listed) }
            }
        }
        return CasesModel(query: query, cases: found, next: place, lookedAt: lookedAt)
    }

    /// The cases that an identifier names: the request of that id, and those that the index has led to.
    func named(_ query: CasesQuery, candidates: [CaseID]) throws -> (cases: [ListedCase], archived: ArchivedCase?) {
        var found = try cases(numbered: candidates)
        var archived: ArchivedCase?
        if query.criterion == .any || query.criterion == .request, let id = query.text.flatMap({ RequestID($0) }) {
            if let history = try history(of: id) {
                found.removeAll { $0.id == history.id }
                found.insert(history.listed, at: 0)
            } else {
                archived = try self.archived(id)
            }
        }
        let cases = found.filter { listed in
            query.isNamed(by: listed.refundCase.request) && query.matches(listed.refundCase)
                && query.status.map { $0 == listed.refundCase.state.status } ?? true
        }
        return (cases, archived)
    }
}
