# Ends the process groups of sandboxes when the process that started them is gone, even by SIGKILL.
# Standard input has "+ PID" for each sandbox that starts and "- PID" for each that ended; its end is the signal.
live=' '
while read -r change pid; do
  case $change in
    +) live="$live$pid " ;;
    -) live="${live%% "$pid" *} ${live#* "$pid" }" ;;
  esac
done
for pid in $live; do
  kill -9 "-$pid" 2>/dev/null
done
