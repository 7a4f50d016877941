/// Why a page, or a part of one, can't be shown; fit for anyone's eyes.
struct PageProblem: Error, Hashable, Sendable {
    var status: Int
    var title: String
    var text: String

    static func notFound(_ text: String) -> PageProblem {
        PageProblem(status: 404, title: "Not found", text: text)
    }

    static func refused(_ text: String) -> PageProblem {
        PageProblem(status: 403, title: "Not allowed", text: text)
    }

    static func invalid(_ text: String) -> PageProblem {
        PageProblem(status: 400, title: "That can't be read", text: text)
    }

    /// A part of ours that did not do its work: errors of the store and the broker say what to do, and hold no secrets.
    static func failure(_ error: any Error) -> PageProblem {
        PageProblem(status: 503, title: "That did not work", text: "\(error)")
    }
}
