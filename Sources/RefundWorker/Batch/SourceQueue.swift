/// Which of the worker's two queues.
public enum SourceQueue: String, Hashable, Sendable, CaseIterable {
    case requests = "refund.requests"
    case replies = "refund.replies"
}
