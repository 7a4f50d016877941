internal import Logging
internal import RefundCase
internal import RefundPolicy
internal import RefundService
internal import RefundWorker

// The pages that only look at the store.
extension Site {
    func now(_ visit: Visit) async throws -> HTML {
        let now = visit.now
        async let workers = workers.statuses()
        async let queues = queueFigures()
        var opened = Array(repeating: 0, count: Activity.length)
        var overdue = 0
        var parked = 0
        var (seen, problem) = watching.last
        do {
            let start = Activity.minutes(endingAt: now)[0]
            (opened, overdue, parked) = try await store.read { survey in
                (
                    try survey.openings(from: start, every: .seconds(60), count: Activity.length),
                    try survey.dueCount(before: now + .microseconds(1), most: NowModel.overdueLimit + 1),
                    try survey.parked(about: nil, limit: NowModel.parkedLimit).count
                )
            }
        } catch {
            problem = "\(error)"
        }
        if seen == nil, problem == nil {
            await watching.look()
            (seen, problem) = watching.last
        }
        let model = NowModel(
            seen: seen, activity: watching.activity(opened: opened, at: now), queues: await queues,
            workers: await workers, overdue: min(overdue, NowModel.overdueLimit),
            isOverdueCut: overdue > NowModel.overdueLimit, parked: parked, storeProblem: problem)
        return nowPage(model, for: visit.viewer)
    }

    private func queueFigures() async -> Result<[QueueFigure], PageProblem> {
        do {
            return .success(try await broker.queues())
        } catch {
            return .failure(.failure(error))
        }
    }

    func deadlines(_ visit: Visit) async throws -> HTML {
        let now = visit.now
        let policy = policies.version(forInvoiceIssuedOn: now.dateInUTC).version
        let model = try await dues.value(at: now) {
            try await store.read { try $0.deadlines(under: policy, at: now) }
        }
        return deadlinesPage(model, for: visit.viewer)
    }

    func cases(_ visit: Visit) async throws -> HTML {
        let query = try CasesQuery(visit.request.query)
        let now = visit.now
        guard let text = query.text else {
            return casesPage(try await store.read { try $0.page(query, at: now) }, for: visit.viewer)
        }
        let candidates = indexing.candidates(text, as: query.criterion.kinds, limit: 1_000)
        let found = try await store.read { try $0.named(query, candidates: candidates) }
        let model = CasesModel(query: query, cases: found.cases, search: indexing.progress, archived: found.archived)
        return casesPage(model, for: visit.viewer)
    }

    func oneCase(_ id: RequestID, _ visit: Visit, isRevealed: Bool) async throws -> HTML {
        if isRevealed { try recordAsking("contacts and tokens of a case were shown", visit, ["case": "\(id)"]) }
        let (history, parked, archived) = try await store.read { survey in
            let history = try survey.history(of: id)
            return (
                history, try survey.parked(about: id, limit: CaseModel.parkedLimit),
                history == nil ? try survey.archived(id) : nil
            )
        }
        guard let history else {
            if let archived {
                throw PageProblem.notFound(
                    "The case \(id) is \(archived.status.rawValue); its history was moved to a file at \(archived.archivedAt)."
                )
            }
            let waiting = parked.isEmpty ? "" : " \(counted(parked.count, "message")) about it wait for their request."
            throw PageProblem.notFound("There is no case \(id).\(waiting)")
        }
        let sent = visit.request.query["sent"].flatMap { PersonAction(rawValue: $0) }
        return casePage(
            CaseModel(history: history, parked: parked, isRevealed: isRevealed, sent: sent), for: visit.viewer)
    }

    /// Logs who looks at what is masked.
    ///
    /// - Throws: `PageProblem` where nobody has said who asks.
    func recordAsking(_ what: Logger.Message, _ visit: Visit, _ which: Logger.Metadata) throws(PageProblem) {
        let by = visit.request.form["by"]?.trimmed ?? visit.session.name
        guard !by.isEmpty, by.utf8.count <= 200 else {
            throw .invalid("Say who asks: what is masked is shown to whoever has a name for the log.")
        }
        sessions.remember(by, in: visit.session.id)
        log.notice(what, metadata: visit.metadata(which.merging(["by": "\(by)"]) { first, _ in first }))
    }

    func review(_ visit: Visit) async throws -> HTML {
        let waiting: [CaseStatus] = [.inReview, .attention]
        let model = try await store.read { survey in
            let newest = try survey.cases(matching: CaseFilter(statuses: waiting, limit: ReviewModel.limit + 1))
            // A few are put in order here. Where there are many, the order of deadlines has them near its start.
            guard newest.count > ReviewModel.limit else { return ReviewModel(all: newest) }
            let urgent = CaseFilter(statuses: waiting, limit: ReviewModel.limit, order: .mostUrgentFirst)
            return ReviewModel(mostUrgent: try survey.cases(matching: urgent))
        }
        return reviewPage(model, for: visit.viewer)
    }

    func parked(_ visit: Visit) async throws -> HTML {
        let parked = try await store.read { try $0.parked(about: nil, limit: 200) }
        return parkedPage(parked, for: visit.viewer)
    }
}

extension Visit {
    /// Who asked, for the log.
    func metadata(_ more: Logger.Metadata) -> Logger.Metadata {
        more.merging(["peer": "\(request.peer)", "by": "\(session.name)"]) { first, _ in first }
    }
}
