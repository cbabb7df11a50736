// A passkey that was not used (canceled, timed out, unknown) is told on the page, in words.
document.addEventListener('allauth.error', (event) => {
  event.preventDefault()
  const flash = document.getElementById('oi-flash')
  flash.textContent = 'The passkey was not used. Try again, or choose another way.'
  flash.hidden = false
})
