"""Runs one peer on a file of numbers; prints its name, its best time in milliseconds, and what came out."""

import shutil
import subprocess
import sys
import time


def best(work, times=3):
    quickest, result = None, None
    for _ in range(times):
        start = time.perf_counter()
        result = work()
        taken = (time.perf_counter() - start) * 1e3
        quickest = taken if quickest is None else min(quickest, taken)
    return quickest, result


def told(name, work, say, times=3):
    quickest, result = best(work, times)
    print(name)
    print(quickest)
    print(say(result))


def run_krippendorff(file):
    import krippendorff
    import numpy
    from importlib.metadata import version

    data = numpy.genfromtxt(file, delimiter=",").T
    alpha = lambda: krippendorff.alpha(reliability_data=data, level_of_measurement="ordinal")
    told(f"krippendorff {version('krippendorff')}", alpha, lambda a: f"alpha {a:.9f}")


def run_choix(file):
    import choix
    from importlib.metadata import version

    with open(file) as lines:
        pairs = [tuple(map(int, line.split(","))) for line in lines]
    fit = lambda: choix.ilsr_pairwise(200, pairs)
    told(f"choix {version('choix')}, ilsr", fit, lambda x: f"first strength {x[0]:.6f}")


def run_lme4(file):
    if shutil.which("Rscript") is None:
        sys.exit("there is no R with lme4")
    script = f"""
    suppressMessages(library(lme4))
    d <- read.csv("{file}")
    t <- min(sapply(1:2, function(i) system.time(
      m <<- lmer(y ~ 1 + (1|candidate) + (1|reviewer) + (1|question), d))[["elapsed"]]))
    v <- as.data.frame(VarCorr(m)); rownames(v) <- v$grp
    cat("lme4", as.character(packageVersion("lme4")), "\\n"); cat(t * 1000, "\\n")
    cat("variances", round(v[c("candidate", "reviewer", "question", "Residual"), "vcov"], 4), "\\n")
    """
    done = subprocess.run(["Rscript", "-e", script], capture_output=True, text=True)
    if done.returncode:
        sys.exit("there is no lme4: " + done.stderr.strip().splitlines()[-1])
    print(done.stdout, end="")


def run_statsmodels(file):
    import warnings

    import pandas
    import statsmodels
    import statsmodels.api as models

    warnings.simplefilter("ignore")
    data = pandas.read_csv(file)
    data["all"] = 1
    parts = {name: f"0 + C({name})" for name in ("candidate", "reviewer", "question")}
    model = lambda: models.MixedLM.from_formula("y ~ 1", groups="all", vc_formula=parts, re_formula="0", data=data).fit()
    say = lambda fit: "variances " + " ".join(
        f"{dict(zip(fit.model.exog_vc.names, fit.vcomp))[name]:.4f}" for name in parts
    ) + f" {fit.scale:.4f}"
    told(f"statsmodels {statsmodels.__version__}", model, say, times=1)


if __name__ == "__main__":
    peers = {"krippendorff": run_krippendorff, "choix": run_choix, "lme4": run_lme4, "statsmodels": run_statsmodels}
    try:
        peers[sys.argv[1]](sys.argv[2])
    except ImportError as error:
        sys.exit(str(error))
