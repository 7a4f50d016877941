internal import Logging
internal import RefundCase
internal import RefundPolicy
internal import RefundService
internal import RefundWorker

// Dead letters: looked at, sent again, dropped.
extension Site {
    func letters(_ visit: Visit) async throws -> HTML {
        let view = try await broker.letters()
        let model = LettersModel(
            groups: LetterGroup.all(of: view.letters, at: visit.now), waiting: view.waiting,
            lookedAt: view.letters.count, jobs: jobs.all)
        return lettersPage(model, for: visit.viewer)
    }

    func letterGroup(_ visit: Visit) async throws -> HTML {
        let group = try await group(visit.request.query, visit)
        let now = visit.now
        let forecast = try await store.read { [policies] survey in
            var forecast = ReplayForecast()
            for letter in group.letters.prefix(ReplayForecast.limit) {
                forecast.add(try ReplayOutlook(of: letter, in: survey, under: policies, at: now))
            }
            return forecast
        }
        return letterGroupPage(group, forecast, for: visit.viewer)
    }

    func letter(_ fingerprint: String, _ visit: Visit, isRevealed: Bool) async throws -> HTML {
        let letter = try await find(fingerprint)
        if isRevealed { try recordAsking("a dead letter was shown whole", visit, ["letter": "\(fingerprint)"]) }
        let now = visit.now
        let (outlook, history) = try await store.read { [policies] survey in
            (
                try ReplayOutlook(of: letter, in: survey, under: policies, at: now),
                try letter.record.requestID.flatMap { RequestID($0) }.flatMap { try survey.history(of: $0) }
            )
        }
        return letterPage(
            LetterModel(letter: letter, outlook: outlook, history: history, isRevealed: isRevealed), for: visit.viewer)
    }

    func act(_ action: String, onLetter fingerprint: String, _ visit: Visit) async throws -> PageResponse {
        guard let work = LetterJob.Work(rawValue: action) else { throw PageProblem.notFound("There is no such page.") }
        let letter = try await find(fingerprint)
        let id = try jobs.begin(
            work, letter.record.messageID ?? letter.record.code, fingerprints: [fingerprint],
            requestID: letter.record.requestID, by: signature(visit))
        return .redirect(Link("dead", "jobs", "\(id)"))
    }

    /// The letters that are in the group now; if they are others than the page showed, nothing is done.
    func act(onGroup action: String, _ visit: Visit) async throws -> PageResponse {
        guard let work = LetterJob.Work(rawValue: action) else { throw PageProblem.notFound("There is no such page.") }
        let group = try await group(visit.request.form, visit)
        guard visit.request.form["count"] == "\(group.letters.count)" else {
            throw PageProblem(
                status: 409, title: "The group has changed",
                text: "It has \(group.letters.count) letters now. Look at it again; nothing was done.")
        }
        let id = try jobs.begin(
            work, "\(group.key.code) from \(group.key.source)", fingerprints: group.fingerprints, requestID: nil,
            by: signature(visit))
        return .redirect(Link("dead", "jobs", "\(id)"))
    }

    func job(_ number: String, _ visit: Visit) async throws -> HTML {
        let job = try findJob(number)
        var model = JobModel(job: job)
        if job.isOver {
            if let id = job.requestID.flatMap({ RequestID($0) }) {
                model.status = try await store.read { try $0.history(of: id)?.refundCase.state.status }
            }
            model.left = try? await broker.letters().waiting
        }
        return jobPage(model, for: visit.viewer)
    }

    func undo(_ number: String) throws -> PageResponse {
        let job = try findJob(number)
        guard jobs.undo(job.id) else {
            throw PageProblem(
                status: 409, title: "Too late", text: "The letters were discarded already, or nothing was to be.")
        }
        return .redirect(job.link)
    }

    private func findJob(_ number: String) throws(PageProblem) -> LetterJob {
        guard let job = Int(number).flatMap({ jobs.job($0) }) else {
            throw .notFound("There is no such job; the console keeps the last ones only.")
        }
        return job
    }

    private func find(_ fingerprint: String) async throws -> QueuedDeadLetter {
        guard let letter = try await broker.letters().letters.first(where: { $0.record.fingerprint == fingerprint })
        else {
            throw PageProblem.notFound("This letter is not in refund.dead any more, or behind the oldest ones.")
        }
        return letter
    }

    private func group(_ fields: Form, _ visit: Visit) async throws -> LetterGroup {
        let key = LetterGroup.Key(code: fields["code"] ?? "", source: fields["source"] ?? "")
        let groups = LetterGroup.all(of: try await broker.letters().letters, at: visit.now)
        guard let group = groups.first(where: { $0.key == key }) else {
            throw PageProblem.notFound("There are no such letters any more.")
        }
        return group
    }

    private func signature(_ visit: Visit) -> String {
        visit.session.name.isEmpty ? "somebody at \(visit.request.peer)" : visit.session.name
    }
}
