# Patient-days a second of deSolve on the bench's people without secretion, and its error against CVODE at 1e-10: islet's right-hand
# side compiled (desolve_days.c), an event wherever an input changes, glucose every five minutes. One call of ode() a person.
#
#   Rscript desolve_days.R LIBRARY [PEOPLE] [DAYS]
suppressPackageStartupMessages(library(deSolve))
arguments <- commandArgs(TRUE)
people <- if (length(arguments) > 1) as.integer(arguments[2]) else 6L
days <- if (length(arguments) > 2) as.integer(arguments[3]) else 7L
dyn.load(arguments[1])
states <- 21L
plasma <- 4L # gp, see src/physiology/states.def

live <- function(number, method, tolerance) {
  stopifnot(.C("islet_peer_person", number, 1L, days, fine = 0L)$fine == 1L)
  start <- .C("islet_peer_start", x = double(states))$x
  moments <- .C("islet_peer_moments", minutes = double(days * 1440L), n = 0L)
  events <- moments$minutes[seq_len(moments$n)]
  readings <- seq(0, days * 1440, 5)
  begun <- proc.time()[["user.self"]]
  out <- ode(start, sort(unique(c(readings, events))), "islet_peer_rhs", NULL, dllname = "desolve_days", method = method,
             rtol = tolerance, atol = tolerance, events = list(func = "islet_peer_event", time = events), maxsteps = 1e6)
  seconds <- proc.time()[["user.self"]] - begun
  reference <- .C("islet_peer_reference", glucose = double(days * 288L), fine = 0L)
  stopifnot(reference$fine == 1L)
  found <- out[match(readings[-1], out[, 1]), 1L + plasma]
  volume <- out[1, 1L + plasma] / .C("islet_peer_basal_glucose", glucose = 0)$glucose # dL/kg: everybody starts in the basal state
  list(seconds = seconds, error = max(abs(found / volume - reference$glucose)))
}

for (case in list(c("lsoda", 1e-6), c("lsoda", 1e-4), c("ode45", 1e-6))) {
  runs <- lapply(seq_len(people) - 1L, live, method = case[1], tolerance = as.numeric(case[2]))
  seconds <- sum(sapply(runs, `[[`, "seconds"))
  cat(sprintf("deSolve %s %s: %.0f patient-days/s, error %.2g mg/dL (%d people, %d days, one core)\n", case[1], case[2],
              people * days / seconds, max(sapply(runs, `[[`, "error")), people, days))
}
