internal import RefundMessages
internal import RefundPolicy

extension Site {
    /// The page that an address names, or what a form does.
    func route(_ visit: Visit) async throws -> PageResponse {
        let path = visit.request.path
        switch (visit.request.method, path.first ?? "", path.count) {
        case (.get, "", _): return PageResponse(.page(try await now(visit)))
        case (.get, "deadlines", 1): return PageResponse(.page(try await deadlines(visit)))
        case (.get, "review", 1): return PageResponse(.page(try await review(visit)))
        case (.get, "parked", 1): return PageResponse(.page(try await parked(visit)))
        case (.get, "cases", 1): return PageResponse(.page(try await cases(visit)))
        case (.get, "payouts", 1): return PageResponse(.page(try await payouts(visit)))
        case (.post, "payouts", 2):
            guard let action = BrakeAction(rawValue: path[1]) else { break }
            return try await brake(action, visit)
        case (.get, "live", 1): return try live(visit)
        case (.get, "login", 1): return .redirect(Link(""))
        case (.post, "login", 1): return .redirect(Link(""))
        case (.post, "logout", 1): return logOut(visit)
        case (_, "cases", _): return try await routeCase(visit, Array(path.dropFirst()))
        case (_, "dead", _): return try await routeDead(visit, Array(path.dropFirst()))
        default: break
        }
        throw PageProblem.notFound("There is no such page.")
    }

    private func routeCase(_ visit: Visit, _ path: [String]) async throws -> PageResponse {
        guard let id = RequestID(path[0]) else { throw PageProblem.notFound("No request can have this id.") }
        let action = path.count > 1 ? PersonAction(rawValue: path[1]) : nil
        switch (visit.request.method, path.count) {
        case (.get, 1): return PageResponse(.page(try await oneCase(id, visit, isRevealed: false)))
        case (.post, 2) where path[1] == "reveal":
            return PageResponse(.page(try await oneCase(id, visit, isRevealed: true)))
        case (.get, 2):
            guard let action else { break }
            return PageResponse(.page(try await ask(action, about: id, visit)))
        case (.post, 2):
            guard let action else { break }
            return PageResponse(.page(try await look(action, about: id, visit)))
        case (.post, 3) where path[2] == "send":
            guard let action else { break }
            return try await send(action, about: id, visit)
        default: break
        }
        throw PageProblem.notFound("There is no such page.")
    }

    private func routeDead(_ visit: Visit, _ path: [String]) async throws -> PageResponse {
        switch (visit.request.method, path.first ?? "", path.count) {
        case (.get, "", 0): return PageResponse(.page(try await letters(visit)))
        case (.get, "group", 1): return PageResponse(.page(try await letterGroup(visit)))
        case (.post, "group", 2): return try await act(onGroup: path[1], visit)
        case (.get, "letter", 2): return PageResponse(.page(try await letter(path[1], visit, isRevealed: false)))
        case (.post, "letter", 3) where path[2] == "reveal":
            return PageResponse(.page(try await letter(path[1], visit, isRevealed: true)))
        case (.post, "letter", 3): return try await act(path[2], onLetter: path[1], visit)
        case (.get, "jobs", 2): return PageResponse(.page(try await job(path[1], visit)))
        case (.post, "jobs", 3) where path[2] == "undo": return try undo(path[1])
        default: throw PageProblem.notFound("There is no such page.")
        }
    }

    /// News about a page: it is made again and again, as if it were asked for.
    private func live(_ visit: Visit) throws(PageProblem) -> PageResponse {
        guard let address = visit.request.query["page"], Link.own(address) == address,
            var request = PageRequest(address: address), request.path.first != "live"
        else { throw .invalid("Say which page.") }
        request.session = visit.request.session
        request.host = visit.request.host
        request.peer = visit.request.peer
        let asked = request
        return PageResponse(
            .live(
                LivePage {
                    // Whoever has logged out meanwhile gets no more.
                    guard let session = sessions.find(visit.session.id, at: now()) else {
                        throw PageProblem.refused("The session has ended.")
                    }
                    var visit = visit
                    visit.request = asked
                    visit.session = session
                    visit.viewer.now = now()
                    visit.viewer.pause = await pause(at: visit.viewer.now)
                    guard case .page(let page) = try await route(visit).body else {
                        throw PageProblem.invalid("That is no page.")
                    }
                    return LivePage.Picture(page: page, at: visit.viewer.now)
                }))
    }
}
