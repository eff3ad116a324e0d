"""The errors that a service's model documents for its operations. Each pair of operation and error has a case that provokes it, or a
reason why nothing can.

The pairs are read from the installed botocore, so a pair that a newer one adds fails `check_complete`.
"""

import botocore.session
import pytest


class DocumentedErrors:
    """`reasons` are by error, or by operation and error. Names of errors are without `Exception` at their end."""

    def __init__(self, service, reasons):
        self.model = botocore.session.get_session().get_service_model(service)
        self.pairs = [
            (operation, error.name.removesuffix("Exception"))
            for operation in self.model.operation_names
            for error in self.model.operation_model(operation).error_shapes
        ]
        self.reasons, self.cases = reasons, {}

    def case(self, *names):
        """Registers a function for an error of all operations, or for pairs `Operation/Error`."""

        def register(function):
            for name in names:
                self.cases[tuple(name.split("/")) if "/" in name else name] = function
            return function

        return register

    def provoked(self):
        """A parameter for each pair with a case: the case and the operation."""
        for operation, error in self.pairs:
            reasons = {error, (operation, error)} & self.reasons.keys()
            case = self.cases.get((operation, error)) or (None if reasons else self.cases.get(error))
            if case:
                yield pytest.param(case, operation, id=f"{operation}-{error}")

    def check_complete(self):
        """Every pair is accounted for, and nothing is left over: no case or reason without a pair, and no reason beside a case."""
        known = self.cases.keys() | self.reasons.keys()
        assert not [pair for pair in self.pairs if not {pair, pair[1]} & known]
        assert known <= set(self.pairs) | {error for _, error in self.pairs}
        assert not self.reasons.keys() & self.cases.keys()
